# Puts one question to the Nomad of this host: $1 is the method, $2 where. Who asks, whom to believe and what is sent are in
# files. Says the code, then the answer.
set -- -X "$1" "$2"
[ ! -e ./body ] || set -- --data-binary @./body "$@"
CODE=$(curl -sS -m 60 -K ./curl -H @./token -o ./answer -w '%{http_code}' "$@") || exit 1
echo "$CODE"
[ ! -e ./answer ] || base64 ./answer
