# ---- programs from outside the distribution ----

# url, target. The address is not an argument: it may carry a password.
fetch() {
  event step "fetching ${1##*/}"
  if command -v curl >/dev/null 2>&1; then
    printf 'url = "%s"\n' "$1" | curl -K - -fsSL --retry 3 --connect-timeout 20 -o "$2" >"$S/out" 2>&1
    STATUS=$?
    OUT=$(tail -c 600 "$S/out")
    case $STATUS in
      0) return 0 ;;
      5 | 6 | 7 | 28 | 35 | 52 | 55 | 56) fail network "${1##*/}" "$OUT" ;;
      23) fail disk-full "${1##*/}" "$OUT" ;;
      *) blame download "${1##*/}" ;;
    esac
  fi
  command -v wget >/dev/null 2>&1 || fail download "${1##*/}" "neither curl nor wget is there"
  quietly wget -q -O "$2" "$1" || {
    [ -n "$OUT" ] || OUT="wget ended with $STATUS"
    [ "$STATUS" != 4 ] || fail network "${1##*/}" "$OUT"
    blame download "${1##*/}"
  }
}

# file, sum
is_sum() {
  # Where there is openssl, it uses what the processor has for that: sha256sum takes eight times as long.
  SUM=$(openssl dgst -sha256 -r <"$1" 2>/dev/null) || SUM=$(sha256sum <"$1")
  [ "${SUM%% *}" = "$2" ]
}

# name, url, sum: leaves it in the cache, where somebody may have put it before.
cached() {
  GOT=$S/cache/$3
  if [ -e "$GOT" ]; then
    is_sum "$GOT" "$3" && return 0
    rm -f "$GOT"
  fi
  if [ -z "$2" ]; then
    # Whoever runs this may have it at hand, and send it over the connection that is there already.
    if [ -n "${LOSTOPS_BLOB:-}" ]; then
      quietly sh "$LOSTOPS_BLOB" "$3" "$GOT" && return 0
      [ "$STATUS" = 64 ] || blame download "$1"
    fi
    event need "$3" "$1"
    exit 3
  fi
  fetch "$2" "$GOT.part"
  is_sum "$GOT.part" "$3" || {
    rm -f "$GOT.part"
    fail checksum "$1" "expected $3, got ${SUM%% *}"
  }
  mv -f "$GOT.part" "$GOT"
}

# name, url, sums, signature, key, fingerprint: finds SIGNED, the sum that the signed list has for the file.
signed() {
  rm -rf "$S/signed"
  mkdir "$S/signed"
  fetch "$3" "$S/signed/sums"
  fetch "$4" "$S/signed/sig"
  fetch "$5" "$S/signed/key"
  # gpgv takes keys as they are, not wrapped as text.
  if grep -q '^-----BEGIN PGP' "$S/signed/key"; then
    sed -n '/^$/,/^=/p' "$S/signed/key" | sed '/^[=-]/d; /^$/d' | tr -d '\r' | base64 -d >"$S/signed/ring" 2>/dev/null
  else
    mv "$S/signed/key" "$S/signed/ring"
  fi
  SAID=$NL$(gpgv --status-fd 1 --keyring "$S/signed/ring" "$S/signed/sig" "$S/signed/sums" 2>"$S/out")
  STATUS=$?
  OUT=$(tail -c 600 "$S/out")
  case $STATUS$SAID in
    "0$NL"*"${NL}[GNUPG:] GOODSIG "*) ;;
    *) fail signature "$1" "$OUT" ;;
  esac
  # Other lines hold what the signer wrote: only this one, and only one of it, tells whose key it was.
  VALID=$(printf '%s\n' "$SAID" | grep '^\[GNUPG:\] VALIDSIG ')
  case $VALID in
    *"$NL"*) fail signature "$1" "it was signed more than once" ;;
    *" $6") ;;
    *) fail signature "$1" "it was made with another key than $6" ;;
  esac
  SIGNED=
  while read -r SUM NAME; do
    [ "${NAME#\*}" != "${2##*/}" ] || SIGNED=$SUM
  done <"$S/signed/sums"
  rm -rf "$S/signed"
  [ -n "$SIGNED" ] || fail signature "$1" "the signed list does not name ${2##*/}"
}

# What tells an installed program from any other: taken when it is put there, and compared without reading it.
stamp() {
  if [ -d "$1" ]; then
    STAMP=$(cd "$1" && stat -c '%n.%s.%Y.%Z.%i' ./* 2>/dev/null | sha256sum)
    STAMP=${STAMP%% *}
  else
    STAMP=$(stat -c '%s.%Y.%Z.%i' "$1" 2>/dev/null)
  fi
}

# name, version, path, packing, member, url, how it is proved, …
binary() {
  stamp "$R$3"
  WAS=
  read -r WAS 2>/dev/null <"$S/binaries/$1" || :
  SHOULD="$2 $7 ${8-}"
  [ "$WAS" != "$SHOULD $STAMP" ] || return 0
  change program "$1 $2" || {
    wakes "$3"
    return 0
  }
  if [ "$7" = sha256 ]; then
    cached "$1" "$6" "$8"
  else
    signed "$1" "$6" "$9" "${10}" "${11}" "$8"
    cached "$1" "$6" "$SIGNED"
  fi
  gone "$R$3.lostops-new"
  quietly folder "$R${3%/*}" || blame file "$3"
  case $4 in
    zip) unzip -p "$GOT" "$5" 2>"$S/out" >"$R$3.lostops-new" ;;
    targz) mkdir "$R$3.lostops-new" 2>"$S/out" && tar -xzf "$GOT" -C "$R$3.lostops-new" 2>>"$S/out" ;;
    # It has been looked at and is wanted nowhere else: a copy would be the largest thing that is written.
    *) mv -f "$GOT" "$R$3.lostops-new" 2>"$S/out" && { [ -n "$R" ] || chown root:root "$R$3.lostops-new" 2>"$S/out"; } ;;
  esac || {
    OUT=$(tail -c 600 "$S/out")
    rm -rf "$R$3.lostops-new"
    blame unpack "$1"
  }
  wakes "$3"
  if [ "$4" = targz ]; then
    quietly folder "$R$3" || blame file "$3"
    chmod 755 "$R$3"
    for PART in "$R$3.lostops-new"/*; do
      [ ! -f "$PART" ] || chmod 755 "$PART"
      # shellcheck disable=SC2115
      rm -rf "$R$3/${PART##*/}"
      quietly mv -f "$PART" "$R$3/" || blame file "$3"
    done
    rm -rf "$R$3.lostops-new"
  else
    chmod 755 "$R$3.lostops-new"
    quietly mv -f "$R$3.lostops-new" "$R$3" || blame file "$3"
  fi
  stamp "$R$3"
  printf '%s\n' "$SHOULD $STAMP" >"$S/binaries/$1" || fail disk-full "$S" "a note cannot be written"
  rm -f "$GOT"
}

