# csc in an image of its own: nothing of Deno, Node or the sources is in it.
#
#   docker build --tag csc .
#   docker run --rm --volume "$PWD:/work" csc check contract.json policy.yaml
#
# Hardened runs inside a container need user namespaces, which Docker's default
# seccomp profile refuses: see "In containers and on bare hosts" in README.md.

FROM debian:bookworm-slim AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        ca-certificates gcc git libc6-dev nodejs npm \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN sh scripts/task.sh build

FROM debian:bookworm-slim
COPY --from=build /src/dist/csc /usr/local/bin/csc
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin csc \
    && install --directory --owner=csc --group=csc /work
USER csc
WORKDIR /work
ENTRYPOINT ["csc"]
CMD ["help"]
