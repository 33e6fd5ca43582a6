"""The settings of this installation, read once from the environment or `.streamlit/secrets.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from core.errors import InvalidSetting

PROJECT = Path(__file__).resolve().parent.parent
PREFIX = "TRENDLAB_"
Count = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(gt=0)]
LEAST_WORKER_MB = 320  # for the warm-up; with less, no worker would ever start


class Settings(BaseSettings):
    """Every `TRENDLAB_*` setting with its default. The environment takes precedence over the secrets file."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore")

    home: Path = PROJECT / ".trendlab"
    database_url: str = ""  # empty: an SQLite file below home
    scheduler: str = Field(default="", pattern=r"^(|\w+://.+:\d+)$")  # of Dask; empty: the app starts its own workers
    workers: int | None = Field(default=None, ge=1, le=64)  # None: as many as fit this machine
    worker_mb: int | None = Field(default=None, ge=LEAST_WORKER_MB)  # None: an equal share of this machine's memory
    data: Path | None = None  # a folder in torchvision's layout, tried before any download
    teacher_passcode: str = ""

    max_streams_per_browser: Count = 4  # a browser opens six connections to a host, and pages need the others
    max_streams: Count = 1000
    max_active_runs_per_owner: Count = 4
    max_queued_core_s: Seconds = 3600.0
    max_storage_bytes: Count = 2 * 1024**3
    max_step_s: Seconds = 0.5

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  named by pydantic
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _Secrets(settings_cls)

    @field_validator("home", "data")
    @classmethod
    def _below_the_project(cls, folder: Path | None) -> Path | None:
        """Make a relative folder the same for every process, wherever each was started."""
        try:
            return PROJECT / folder.expanduser() if folder else None
        except RuntimeError as problem:  # `~name` of an unknown user
            raise ValueError(str(problem)) from problem

    @property
    def store_url(self) -> str:
        return self.database_url or f"sqlite:///{quote(str(self.home / 'trendlab.db'))}"


class _Secrets(PydanticBaseSettingsSource):
    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        path = PROJECT / ".streamlit" / "secrets.toml"
        if not path.is_file():
            return {}
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except ValueError as problem:
            raise InvalidSetting(str(path), "this file must be TOML", str(problem)) from problem
        return {k[len(PREFIX) :].lower(): v for k, v in values.items() if k.startswith(PREFIX)}


@cache
def get_settings() -> Settings:
    """The settings of this process. Raises InvalidSetting."""
    try:
        return Settings()
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise InvalidSetting(name, first["msg"], first.get("input")) from None
