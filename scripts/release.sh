#!/bin/sh
# Makes what a release consists of, in dist/release (or --out):
#
#   csc-VERSION-linux-ARCH.tar.gz   the executable, documents, schemas, policies
#   csc-VERSION-sbom.cdx.json       bill of materials, CycloneDX 1.6
#   SHA256SUMS                      of both
#   SHA256SUMS.sig                  detached Ed25519 signature, made by csc
#
#   sh scripts/release.sh --signing-key FILE --key-id ID [--out DIR]
#
# The same commit, toolchain and key give the same bytes. The signature is
# checked with the public half before the script ends.
set -eu

fail() {
	echo "release: $1" >&2
	exit "${2:-1}"
}

key='' id='' out=''
while [ $# -gt 0 ]; do
	case $1 in
	--signing-key | --key-id | --out)
		[ $# -ge 2 ] || fail "flag $1 needs a value" 64
		case $1 in
		--signing-key) key=$2 ;;
		--key-id) id=$2 ;;
		--out) out=$2 ;;
		esac
		shift 2
		;;
	*) fail "unknown argument \"$1\" (see the head of scripts/release.sh)" 64 ;;
	esac
done
[ -n "$key" ] && [ -n "$id" ] || fail "--signing-key and --key-id are needed: nothing is released unsigned" 64
[ -r "$key" ] || fail "cannot read signing key \"$key\""
public=${key%.key}.pub
[ -r "$public" ] || fail "cannot read \"$public\", with which the signature is checked"
for name in key public; do
	eval "path=\$$name"
	case $path in /*) ;; *) eval "$name=\$PWD/\$path" ;; esac
done
case $out in '' | /*) ;; *) out=$PWD/$out ;; esac

cd "$(dirname "$0")/.."
[ -n "$out" ] || out=$PWD/dist/release
[ -z "$(git status --porcelain)" ] || fail "the checkout has changes that are not committed; commit them first"
time=$(git log -1 --format=%cI)
epoch=$(git log -1 --format=%ct)

sh scripts/task.sh build >/dev/null
csc=$PWD/dist/csc
version=$("$csc" version --json | sed -n 's/^ *"version": "\(.*\)",*$/\1/p')
[ -n "$version" ] || fail "dist/csc does not tell its version"
name=csc-$version-linux-$(uname -m)

rm -rf "$out"
mkdir -p "$out"
staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
mkdir "$staging/$name"
cp dist/csc LICENSE README.md SECURITY.md CHANGELOG.md "$staging/$name/"
cp -R policies schemas "$staging/$name/"
if [ -e dist/csc.1 ]; then cp dist/csc.1 "$staging/$name/"; fi
tar --create --sort=name --format=posix --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime \
	--mtime="@$epoch" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
	--directory "$staging" "$name" | gzip --no-name >"$out/$name.tar.gz"
sh scripts/task.sh sbom "$time" >"$out/csc-$version-sbom.cdx.json"

(
	cd "$out"
	sha256sum "$name.tar.gz" "csc-$version-sbom.cdx.json" >SHA256SUMS
	"$csc" sign-file SHA256SUMS --signing-key "$key" --key-id "$id" >SHA256SUMS.sig
	"$csc" verify-file SHA256SUMS SHA256SUMS.sig --public-key "$public" --key-id "$id"
)
echo "release: wrote $out"
