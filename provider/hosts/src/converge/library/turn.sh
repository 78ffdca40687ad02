# ---- one at a time, and where an interrupted run left off ----

# Tells a process from a later one with the same number.
birth() {
  BIRTH=
  if read -r BIRTH 2>/dev/null <"/proc/$1/stat"; then
    # shellcheck disable=SC2086
    set -- ${BIRTH##*) }
    BIRTH=${20-}
  fi
}

lock() {
  OUT=$( (umask 022 && mkdir -p "${S%/*}") 2>&1 && mkdir -p "$S/pending" "$S/binaries" "$S/disks" "$S/cache" 2>&1) || blame state "$S"
  TRIES=0
  until mkdir "$S/lock" 2>/dev/null; do
    HOLDER=
    BORN=
    read -r HOLDER BORN 2>/dev/null <"$S/lock/pid" || :
    if [ -n "$HOLDER" ]; then
      birth "$HOLDER"
      [ "$BIRTH" != "$BORN" ] || fail busy "$S/lock" "process $HOLDER"
      rm -rf "$S/lock"
    else
      TRIES=$((TRIES + 1))
      [ "$TRIES" -lt 3 ] || rm -rf "$S/lock"
      [ "$TRIES" -lt 9 ] || fail busy "$S/lock" "it cannot be made"
      sleep 1
    fi
  done
  birth "$$"
  printf '%s %s\n' "$$" "$BIRTH" >"$S/lock/pid"
  trap 'rm -rf "$S/lock"' EXIT
  trap 'exit 130' HUP INT TERM
}

# Marks are made before what they are for, so that an interrupted run is not forgotten.
mark() {
  for MARK in "$@"; do
    : >"$S/pending/$MARK" || fail disk-full "$S/pending" "a mark cannot be made"
  done
}

marked() {
  [ -e "$S/pending/$1" ]
}

unmark() {
  rm -f "$S/pending/$1"
}

