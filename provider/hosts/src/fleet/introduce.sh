# A client that comes for the first time shows this to the servers; one that was refused reads it when it starts again.
(
  set -e
  umask 077
  mkdir -p /opt/nomad/data/client
  mv -f "$LOSTOPS_WORK/introduction" /opt/nomad/data/client/intro_token.jwt
) || exit 1
systemctl try-restart nomad.service >/dev/null 2>&1
