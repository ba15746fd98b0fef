"""How Celery works here. The broker is a folder, for trying: in earnest use RabbitMQ or Redis."""

from os import environ
from pathlib import Path

from celery.schedules import crontab

_folder = Path(environ.get("QUEUE", "queue"))
_folder.mkdir(exist_ok=True)

broker_url = "filesystem://localhost"
broker_transport_options = {
    "data_folder_in": str(_folder),
    "data_folder_out": str(_folder),
    "control_folder": str(_folder / "control"),
}

# A task that a dying worker was at is done again, rather than lost. Its notification's id makes
# that harmless.
task_acks_late = True
task_reject_on_worker_lost = True

timezone = "Europe/Berlin"
beat_schedule = {"every morning": {"task": "tasks.digest", "schedule": crontab(hour=8, minute=0)}}
