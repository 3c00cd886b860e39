# The collector for a scheduled job. docs/scheduling.md shows how it is built and run.
FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /opt/collector
COPY requirements.lock ./
RUN /opt/collector/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY collector collector
COPY oauth-server/redirect_server oauth-server/redirect_server
RUN /opt/collector/bin/pip install --no-cache-dir --no-deps .

FROM python:3.13-slim
COPY --from=build /opt/collector /opt/collector
ENV PATH=/opt/collector/bin:$PATH ZOOM_HOME=/data
RUN install -d -o 10001 -g 10001 -m 700 /data /run/collector
VOLUME /data
# `./.env` is read here, and `./.j1-integration` written.
WORKDIR /run/collector
USER 10001:10001
ENTRYPOINT ["collector"]
