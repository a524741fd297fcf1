#!/usr/bin/env bash
# Proves the README's two commands on a machine that has nothing: a step before each release.
#
#   benchmarks/check_fresh_machine.sh [DEBIAN_SUITE [MIRROR]]
#
# Makes a minimal Debian (debootstrap --variant=minbase plus make, git and ca-certificates) in a
# temporary folder, clones this checkout's HEAD into it, and runs `make run` until the page
# answers, then `make test`, inside the chroot. Needs root, debootstrap and about 4 GB of disk.
set -euo pipefail
suite=${1:-bookworm}
here=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
root=$(mktemp -d)
port=8501

# Certificates as the system has them: behind a company's proxy pip's own list is not enough.
in_machine() {
  chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin CI=true LANG=C.UTF-8 \
    PIP_CERT=/etc/ssl/certs/ca-certificates.crt SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt "$@"
}

# Processes of the chroot are those whose root it is; pkill may not exist inside.
stop_server() {
  for process in /proc/[0-9]*; do
    [ "$(readlink "$process/root" 2>/dev/null)" = "$root" ] && kill "${process#/proc/}" 2>/dev/null
  done
  true
}

clean_up() {
  stop_server
  for folder in dev/shm dev proc sys; do umount -l "$root/$folder" 2>/dev/null || true; done
  rm -rf --one-file-system "$root"
}
trap clean_up EXIT

debootstrap --variant=minbase --include=make,git,ca-certificates "$suite" "$root" "${@:2}" >/dev/null
cp /etc/resolv.conf /etc/hosts "$root/etc/"
[ -d /usr/local/share/ca-certificates ] && cp -r /usr/local/share/ca-certificates "$root/usr/local/share/"
for folder in proc sys dev dev/shm; do mkdir -p "$root/$folder" && mount --bind "/$folder" "$root/$folder"; done
in_machine update-ca-certificates >/dev/null 2>&1 || true
git clone --quiet "$here" "$root/root/levee"

start=$(date +%s)
in_machine sh -c 'cd /root/levee && exec make run' >"$root/run.log" 2>&1 &
running=$!
until in_machine /root/levee/.venv/bin/python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:$port/_stcore/health', timeout=2)" 2>/dev/null; do
  kill -0 $running 2>/dev/null || { cat "$root/run.log"; echo "make run: stopped before the page answered"; exit 1; }
  sleep 1
done
echo "make run: the page answers after $(($(date +%s) - start)) s"
stop_server

start=$(date +%s)
in_machine sh -c 'cd /root/levee && make test' >"$root/test.log" 2>&1 || { tail -n 40 "$root/test.log"; echo "make test: failed"; exit 1; }
tail -n 1 "$root/test.log"
echo "make test: passed after $(($(date +%s) - start)) s"
