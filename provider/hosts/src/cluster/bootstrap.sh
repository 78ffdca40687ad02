#!/bin/sh
# Gives the cluster its first tokens, policies and roles. Every server runs it; running it again changes nothing.

set -u
umask 077
HERE=${0%/*}
TAB=$(printf '\t')
WORK=$(mktemp -d) || exit 1
trap 'rm -rf "$WORK"' EXIT

# NOMAD and CONSUL: where they answer. CONSUL is empty where there is none.
# shellcheck disable=SC1091
. "$HERE/where"

# product, method, path: what is on standard input is sent, if anything. Leaves CODE and BODY.
call() {
  case $1 in
    consul) AT=$CONSUL ;;
    *) AT=$NOMAD ;;
  esac
  if [ "$2" = GET ]; then
    set -- "$@" -X GET
  else
    set -- "$@" -X "$2" --data-binary @-
  fi
  PRODUCT=$1 WHERE=$3
  shift 3
  CODE=$(curl -sS -m 60 -K "$HERE/curl" -H "@$HERE/$PRODUCT.token" -o "$WORK/body" -w '%{http_code}' "$@" "$AT$WHERE" 2>"$WORK/error")
  BODY=$(cat "$WORK/body" 2>/dev/null)
  : >"$WORK/body"
}

give_up() {
  echo "$1: $CODE $BODY $(cat "$WORK/error")" | cut -c -500 >&2
  exit 1
}

# product, path: until it answers with 200 and with something.
wait_for() {
  TRIES=0
  while :; do
    call "$1" GET "$2"
    [ "$CODE" != 200 ] || case $BODY in
      '' | '""') ;;
      *) return 0 ;;
    esac
    TRIES=$((TRIES + 1))
    [ "$TRIES" -lt 150 ] || give_up "$1 does not answer at $2"
    sleep 2
  done
}

# path, JSON
put() {
  printf '%s' "$2" >"$WORK/send"
  call consul PUT "$1" <"$WORK/send"
  [ "$CODE" = 200 ]
}

# The identifier of what Consul found by name: its first field.
identifier() {
  ID=$(printf '%s' "$BODY" | sed -n 's/^{"ID":"\([^"]*\)".*/\1/p')
}

# kind, name, JSON
step() {
  case $1 in
    policy | role)
      call consul GET "/v1/acl/$1/name/$2"
      ID=
      [ "$CODE" != 200 ] || identifier
      put "/v1/acl/$1${ID:+/$ID}" "$3"
      ;;
    token)
      call consul GET "/v1/acl/token/$2"
      if [ "$CODE" = 200 ]; then put "/v1/acl/token/$2" "$3"; else put /v1/acl/token "$3"; fi
      ;;
    auth-method)
      call consul GET "/v1/acl/auth-method/$2"
      if [ "$CODE" = 200 ]; then put "/v1/acl/auth-method/$2" "$3"; else put /v1/acl/auth-method "$3"; fi
      ;;
    binding-rule)
      call consul GET "/v1/acl/binding-rules?authmethod=nomad-workloads"
      [ "$CODE" = 200 ] || return 1
      case $BODY in
        *"\"Description\":\"$2\""*) ;;
        *) put /v1/acl/binding-rule "$3" ;;
      esac
      ;;
  esac
}

consul() {
  wait_for consul /v1/status/leader
  wait_for consul /v1/acl/token/self
  while IFS=$TAB read -r KIND NAME JSON; do
    TRIES=0
    # Another server may have made it between our question and our answer.
    until step "$KIND" "$NAME" "$JSON"; do
      TRIES=$((TRIES + 1))
      [ "$TRIES" -lt 8 ] || give_up "consul refuses the $KIND $NAME"
      sleep 1
    done
  done <"$HERE/consul.steps"
}

nomad() {
  wait_for nomad /v1/status/leader
  TRIES=0
  while :; do
    call nomad GET /v1/acl/token/self
    [ "$CODE" != 200 ] || case $BODY in
      *'"Type":"management"'*) return 0 ;;
    esac
    call nomad POST /v1/acl/bootstrap <"$HERE/nomad.bootstrap"
    case $CODE$BODY in
      200*) ;;
      400*"reset index: "*)
        # Somebody bootstrapped with another secret, or it was rotated: whoever is root on the servers may do it again.
        # The leader looks for the file; where another server is the leader, it is that server's own run that counts.
        INDEX=${BODY##*reset index: }
        INDEX=${INDEX%%[!0-9]*}
        # It is no secret, and Nomad's own user has to read it.
        rm -f "$DATA/server/acl-bootstrap-reset"
        [ ! -d "$DATA/server" ] || (umask 022 && printf '%s' "$INDEX" >"$DATA/server/acl-bootstrap-reset")
        ;;
    esac
    TRIES=$((TRIES + 1))
    [ "$TRIES" -lt 60 ] || give_up "nomad does not take its first token"
    [ "$CODE" = 200 ] || sleep 2
  done
}

[ -z "$CONSUL" ] || consul
nomad
rm -f "$DATA/server/acl-bootstrap-reset"
