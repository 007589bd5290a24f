"""Documents of the topics and events, made from their declarations: AsyncAPI 3.0, and a JSON Schema for each event.

Nothing of a service belongs here. The descriptions of fields are read from the sources of the events.
"""

from shared.asyncapi.document import CLOUDEVENTS, document, event_schemas, schemas, tag_of

__all__ = ["CLOUDEVENTS", "document", "event_schemas", "schemas", "tag_of"]
