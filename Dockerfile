# One image for every process: `evenfall web`, `clock`, `worker`, or `serve` for all in one.
FROM python:3.12-slim

RUN useradd --create-home --uid 10001 evenfall
WORKDIR /app
COPY requirements/postgres.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/postgres.txt
COPY pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY schedules schedules
COPY message_templates message_templates
COPY service service
RUN pip install --no-cache-dir --no-build-isolation --no-deps .

USER evenfall
ENV PYTHONUNBUFFERED=1
EXPOSE 8000
# A stop finishes what is under way: a job in hand, then the requests, each recorded.
STOPSIGNAL SIGTERM
ENTRYPOINT ["evenfall"]
CMD ["web"]
