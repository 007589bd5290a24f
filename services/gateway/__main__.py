"""``python -m services.gateway``: the service; with a command (``--help``) what an operator does beside it."""

from shared.arguments import given_arguments


def main() -> None:
    """Run the service, or the command that is named."""
    if given_arguments():
        from services.gateway.command.commands import commands

        commands(prog_name="python -m services.gateway")
        return
    from services.gateway.settings import Settings
    from shared.runtime import run
    from shared.settings import read_settings

    settings = read_settings(Settings)
    if settings.gateway_processes > 1 and settings.gateway_process is None:
        from services.gateway import processes

        run("gateway", processes.with_time_to_stop(settings), processes.build)
    from services.gateway.app import build

    run("gateway", settings, build)


if __name__ == "__main__":
    main()
