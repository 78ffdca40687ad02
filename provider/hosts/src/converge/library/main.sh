# ---- the way through ----

# Whether this blueprint was brought about before and nothing has changed since.
known() {
  WAS=
  read -r WAS 2>/dev/null <"$S/applied" || :
  [ "$CHANGES" = 0 ] && [ "$WAS" = "$BLUEPRINT" ]
}

# file, lines: what the next run compares with, whole or not at all.
remember() {
  if ! printf '%s' "$2" >"$S/$1.new" || ! mv -f "$S/$1.new" "$S/$1"; then
    fail disk-full "$S" "a note cannot be written"
  fi
}

main() {
  R='' CHECK='' PEER='' CHANGES=0 SUMS='' STATS='' STATES='' OURS=''
  while [ $# -gt 0 ]; do
    case $1 in
      --root) R=${2%/} && shift ;;
      --peer) PEER=${2%% *} && shift ;;
      --check) CHECK=yes ;;
      *) fail usage "$1" "no such option" ;;
    esac
    shift
  done
  S=$R/var/lib/lostops
  [ -n "$R" ] || [ "$(id -u)" = 0 ] || fail root "$(id -un)" "this needs root"
  if [ -n "$CHECK" ]; then
    S=$(mktemp -d) && mkdir "$S/pending" && trap 'rm -rf "$S"' EXIT
    for PART in files units wall binaries pending disks; do
      cp -R "$R/var/lib/lostops/$PART" "$S/" 2>/dev/null
    done
  else
    lock
  fi
  body
  event "done" "$CHANGES" "$BLUEPRINT"
  exit 0
}
