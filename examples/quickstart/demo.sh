#!/bin/sh
# `make demo`: applies this folder with the provider that was just built. No account, no network, nothing left behind
# but dist/demo.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
case $RELEASE in /*) ;; *) RELEASE=$top/$RELEASE ;; esac
demo=$top/dist/demo
rm -rf "$demo"
mkdir -p "$demo/work"

if [ -z "${TERRAFORM:-}" ]; then
  echo "Neither terraform nor tofu is on PATH, so there is nothing to apply. This is what packgen makes of the example:"
  echo
  "$RELEASE/packgen" render "$here/web.nomad.hcl"
  echo
  echo "Terraform is at https://developer.hashicorp.com/terraform/install, OpenTofu at https://opentofu.org/docs/intro/install."
  echo "With one of them on PATH, \`make demo\` applies examples/quickstart."
  exit 0
fi

# A mirror of our own, so that \`init\` asks no registry.
for host in registry.terraform.io registry.opentofu.org; do
  folder=$demo/mirror/$host/lostops/lostops/$VERSION/$PLATFORM
  mkdir -p "$folder"
  cp "$RELEASE/terraform-provider-lostops" "$folder/terraform-provider-lostops_v$VERSION"
done
cat > "$demo/terraform.rc" <<EOF
disable_checkpoint = true
provider_installation {
  filesystem_mirror {
    path = "$demo/mirror"
  }
}
EOF
cp "$here"/*.tf "$here"/*.hcl "$demo/work/"
cd "$demo/work"
export TF_CLI_CONFIG_FILE="$demo/terraform.rc" TF_IN_AUTOMATION=1 TF_DATA_DIR="$demo/work/.terraform"
"$TERRAFORM" init -input=false
"$TERRAFORM" apply -input=false -auto-approve
echo
echo "What was made lies in ${demo#"$top"/}/work: change web.nomad.hcl there, then plan again with"
echo "  cd ${demo#"$top"/}/work && TF_CLI_CONFIG_FILE=$demo/terraform.rc $(basename "$TERRAFORM") plan"
