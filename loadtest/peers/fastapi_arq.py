"""A FastAPI service that accepts an intent as the gateway does, with arq as its queue: token, validation, a durable job, 202."""
import os
import uuid
from contextlib import asynccontextmanager

from arq import create_pool
from arq.connections import RedisSettings
from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel, Field

state = {}


@asynccontextmanager
async def lifespan(_):
    state["pool"] = await create_pool(RedisSettings(host="127.0.0.1", port=int(os.environ["REDIS_PORT"])))
    yield


app = FastAPI(lifespan=lifespan)


class Intent(BaseModel):
    intent: str = Field(min_length=1, max_length=4096)
    priority: str = "medium"
    labels: dict[str, str] = {}
    approval: str = "auto"


@app.post("/v1/intents", status_code=202)
async def accept(intent: Intent, authorization: str = Header(default="")):
    if authorization != "Bearer " + os.environ["TOKEN"]:
        raise HTTPException(401)
    job = await state["pool"].enqueue_job("interpret", intent.model_dump(), _job_id=str(uuid.uuid4()))
    return {"id": job.job_id, "phase": "received"}
