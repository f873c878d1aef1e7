"""The program's entry: `qa-assistant` and `python -m qa_assistant`. Nothing is imported before Ctrl-C is quiet."""


def main() -> None:
    """Runs the command line and exits; interrupted while it is still being imported, with 130 as later on."""
    try:
        from qa_assistant.cli.main import main as run_and_exit

        run_and_exit()
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
