"""The transaction quota: a request that would run too long is cancelled, in the middle of its answer or before it.

The condition ``max_rows`` stands for the time: rows that are read before it is up. Here the answer is cut off in the
middle while the rows are no more than four times as many, as a 200 that holds a ``result`` and an ``error`` and is no
JSON; beyond that nothing had been sent yet, and it is a 500.
(ServiceNow product documentation, "Default transaction quota rules": 60 seconds for the Table API)
"""

import json

from supportctl.sandbox.servicenow.call import Answer, ApiError, Call
from supportctl.sandbox.servicenow.records import Doc

MESSAGE = "Transaction cancelled: maximum execution time exceeded"
DETAIL = f"{MESSAGE}. Check logs for error trace."


def exceeded(call: Call, rows: int) -> bool:
    """Whether reading so many rows takes too long. Raises the 500 where it does by far."""
    most = call.store.conditions.max_rows
    if most is None or rows <= most:
        return False
    if rows > 4 * most:
        raise ApiError(500, MESSAGE, DETAIL)
    return True


def cut_off(call: Call, result: list[Doc]) -> Answer:
    """What had been sent when time was up, and the error behind it."""
    sent = ",".join(json.dumps(doc, ensure_ascii=False) for doc in result[: call.store.conditions.max_rows or 0])
    error = json.dumps({"detail": DETAIL, "message": MESSAGE})
    return Answer(f'{{"result":[{sent}""],"error":{error},"status":"failure"}}'.encode())
