"""The consumer that browsers are connected to today."""

from channels.generic.websocket import AsyncJsonWebsocketConsumer


class Notifications(AsyncJsonWebsocketConsumer):
    """Passes on what is sent to its user's group."""

    group = None

    async def connect(self) -> None:
        """Let in who is signed in."""
        user = self.scope["session"].get("user")  # with Django's users, self.scope["user"]
        if user is None:
            await self.close()
            return
        self.group = f"user-{user}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, _: int) -> None:
        """Leave the group."""
        if self.group is not None:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def notify(self, event: dict[str, str]) -> None:
        """Take a message of the group's."""
        await self.send_json({name: event[name] for name in event if name != "type"})
