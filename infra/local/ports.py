"""Whether the ports of a run are free."""

from __future__ import annotations

from infra.kafka.node import require_free
from infra.local.programs import broker, services
from infra.local.settings import LocalSettings


def require_ports(settings: LocalSettings) -> None:
    """Check that every port is free. Raises BrokerError if one is not; the message names the setting that changes it."""
    for program in (broker(settings), *services(settings)):
        require_free(program.port, settings.port_setting(program.name))
    require_free(settings.port, settings.port_setting("page"))
    require_free(settings.kafka_port + 1, settings.port_setting("kafka"))
