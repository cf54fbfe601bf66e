#!/bin/sh
# Runs a task of deno.json: sh scripts/task.sh NAME [ARGS...]
#
# Takes deno >= 2.9 from PATH, else the pinned one from the npm registry, so
# that git, Node with npm and a C compiler are all a machine needs. Everything
# here must be set before deno starts: behind a registry mirror with a company
# certificate, deno itself would fail before any task could set it.
set -eu

pinned=2.9.6

if [ $# -eq 0 ]; then
	echo "usage: sh scripts/task.sh NAME [ARGS...]   (names: see \"tasks\" in deno.json)" >&2
	exit 64
fi

cd "$(dirname "$0")/.."

# A machine without a home (a bare container user) still needs a place for caches.
if [ -z "${HOME:-}" ]; then
	HOME=$PWD/dist/home
	export HOME
	mkdir -p "$HOME"
fi

# True if the deno on PATH is of version 2.9 or later.
has_deno() {
	command -v deno >/dev/null 2>&1 || return 1
	version=$(deno --version 2>/dev/null | sed -n 's/^deno \([0-9][0-9.]*\).*/\1/p')
	major=${version%%.*}
	rest=${version#*.}
	minor=${rest%%.*}
	[ -n "$version" ] || return 1
	[ "$major" -gt 2 ] || { [ "$major" -eq 2 ] && [ "$minor" -ge 9 ]; }
}

# Deno reads no npm configuration above the project, so tell it the registry.
if [ -z "${NPM_CONFIG_REGISTRY:-}" ] && command -v npm >/dev/null 2>&1; then
	registry=$(npm config get registry 2>/dev/null || true)
	case $registry in
	"" | undefined) ;;
	*)
		NPM_CONFIG_REGISTRY=$registry
		export NPM_CONFIG_REGISTRY
		;;
	esac
fi

# Company certificates live in the system store: Deno and npm look there only
# when told to.
export DENO_TLS_CA_STORE="${DENO_TLS_CA_STORE:-system,mozilla}"
if [ -z "${NODE_EXTRA_CA_CERTS:-}" ]; then
	for bundle in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem; do
		if [ -r "$bundle" ]; then
			export NODE_EXTRA_CA_CERTS="$bundle"
			break
		fi
	done
fi
export DENO_NO_UPDATE_CHECK=1

if has_deno; then
	exec deno task "$@"
fi
if ! command -v npx >/dev/null 2>&1; then
	echo "task.sh: neither deno >= 2.9 nor npx (Node with npm) is on PATH" >&2
	exit 69
fi
export npm_config_update_notifier=false
exec npx --yes "deno@$pinned" task "$@"
