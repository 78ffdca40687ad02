# ---- saying what happens: one line each, fields between tabs ----

event() {
  LINE=@lostops
  for FIELD in "$@"; do
    plain "$FIELD"
    LINE=$LINE$TAB$PLAIN
  done
  printf '%s\n' "$LINE" >&3
}

# A field has no tabs and no line ends: they become spaces.
plain() {
  PLAIN=
  REST=$1
  while :; do
    case $REST in
      *["$TAB$NL$CR"]*)
        PLAIN="$PLAIN${REST%%["$TAB$NL$CR"]*} "
        REST=${REST#*["$TAB$NL$CR"]}
        ;;
      *)
        PLAIN=$PLAIN$REST
        return
        ;;
    esac
  done
}

# code, subject, detail. The host is left as it is: what was done stays, and the next run goes on from there.
fail() {
  event fault "$1" "$2" "$3"
  exit 1
}

# kind, name: something is not as it should be. Succeeds if it is to be changed, fails if it is only to be told.
change() {
  CHANGES=$((CHANGES + 1))
  event changed "$1" "$2"
  [ -z "$CHECK" ]
}

# Runs a program quietly; if it fails, its words are in OUT.
quietly() {
  "$@" >"$S/out" 2>&1
  STATUS=$?
  [ "$STATUS" != 0 ] || return 0
  OUT=$(tail -c 600 "$S/out" 2>/dev/null)
  return "$STATUS"
}

# code, subject: what a program said is looked through for causes that have their own cure.
blame() {
  case $OUT in
    *"No space left"* | *"not enough free space"* | *"Disk quota exceeded"*) fail disk-full "$2" "$OUT" ;;
    *"Read-only file system"*) fail read-only "$2" "$OUT" ;;
    *"Could not resolve"* | *"emporary failure resolving"* | *"Could not connect"* | *"onnection timed out"* | *"Unable to connect"* | *"Network is unreachable"* | *"onnection refused"* | *"Could not handshake"*)
      fail network "$2" "$OUT"
      ;;
    *) fail "$1" "$2" "$OUT" ;;
  esac
}

