# Fetches one large file over the connection that is already there: sh "$LOSTOPS_BLOB" SHA256 PATH.
# What arrived before a connection broke is kept beside the path and not sent again.
fail() { echo "$1" >&2; : >"$LOSTOPS_WORK/no-more-blobs"; exit "$2"; }
[ ! -e "$LOSTOPS_WORK/no-more-blobs" ] || exit 74
size=$(sed -n "s/^$1 //p" "$LOSTOPS_WORK/blobs")
[ -n "$size" ] || { echo "no file with checksum $1 is offered" >&2; exit 64; }
part=$2.$1.part
have=0
[ ! -f "$part" ] || have=$(($(wc -c <"$part")))
[ "$have" -le "$size" ] || { rm -f "$part"; have=0; }
if [ "$have" -lt "$size" ]; then
  echo "@lostops blob $1 $have" >&3
  head -c "$((size - have))" <&4 >>"$part" || { rm -f "$part"; fail "cannot write $part" 74; }
fi
[ "$(($(wc -c <"$part")))" -eq "$size" ] || fail "the connection broke before $2 was whole" 74
# Where there is openssl, it uses what the processor has for that: sha256sum takes eight times as long.
sum=$(openssl dgst -sha256 -r <"$part" 2>/dev/null) || sum=$(sha256sum <"$part")
if [ "${sum%% *}" != "$1" ]; then
  rm -f "$part"
  fail "checksum mismatch: what arrived for $2 is not $1" 65
fi
mv -f "$part" "$2" || fail "cannot rename $part" 73
