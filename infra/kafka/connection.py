"""How a command finds the broker, and its error message when the broker does not answer."""

from __future__ import annotations

from aiokafka.errors import KafkaConnectionError

from infra.kafka.node import KafkaNode
from shared.failures import PoisonError, TransientError
from shared.settings import MeshSettings, data_folder, read_settings


def command_settings() -> MeshSettings:
    """The settings of a command: KAFKA_BOOTSTRAP if set, otherwise the broker that runs from the folder VAR.

    Raises:
        SystemExit: a setting is wrong.
    """
    settings = read_settings(MeshSettings)
    port = None if "kafka_bootstrap" in settings.model_fields_set else _running(settings)
    return settings if port is None else settings.model_copy(update={"kafka_bootstrap": f"127.0.0.1:{port}"})


def _running(settings: MeshSettings) -> int | None:
    folder = data_folder(settings.var.absolute()) / "kafka" / "node-1"
    try:
        return KafkaNode(folder, settings.cache, 0, 0).lock_holder().get("port")
    except OSError:  # the folder belongs to another user
        return None


def error_line(settings: MeshSettings, error: TransientError | PoisonError) -> str:
    """The error as one line for the operator."""
    if isinstance(error.__cause__, (KafkaConnectionError, TimeoutError)):
        return f"error: no Kafka answers at {settings.kafka_bootstrap}; start it, or set KAFKA_BOOTSTRAP to its address"
    return f"error: Kafka at {settings.kafka_bootstrap}: {' '.join(str(error).split())}"
