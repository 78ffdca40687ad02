# Everything a person runs here. `make` alone lists it.

CARGO     ?= cargo
VERSION   := $(shell sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
PLATFORM  := $(shell uname -s | tr A-Z a-z)_$(shell uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
TARGET    := $(or $(CARGO_TARGET_DIR),target)
PLUGINS   ?= $(HOME)/.terraform.d/plugins
TERRAFORM ?= $(firstword $(shell command -v terraform tofu 2>/dev/null))

.PHONY: help build test lint soak vm fuzz bench docs install demo clean

help: ## List what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

build: ## Build the provider and packgen, as they are shipped
	$(CARGO) build --release --locked --bins -p terraform-provider-lostops -p packgen

test: ## Run every test; what a test needs and cannot find is printed as "skipped: …"
	$(CARGO) build --workspace --bins --locked
	$(CARGO) test --workspace --locked --no-fail-fast

lint: ## Format, lints, documentation and licences, as CI checks them
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --locked
	@if command -v cargo-deny >/dev/null; then $(CARGO) deny check licenses bans sources; else echo "skipped: cargo-deny not found"; fi

soak: ## Run the property tests with many more cases, interrupt converging hosts and kill the provider many more times
	$(CARGO) build --release --workspace --bins --locked
	PROPTEST_CASES=20000 LOSTOPS_INTERRUPTIONS=200 LOSTOPS_KILLS=100 $(CARGO) test --workspace --locked --release

VM := $(abspath $(TARGET))/vm

vm: ## Boot a machine from a seed of ours, have Terraform make one, and make a cluster on whole systems (as root; needs mmdebstrap, QEMU, nomad)
	test -f $(VM)/disk || acceptance-tests/vm/image.sh $(VM)
	$(CARGO) build --workspace --bins --locked
	LOSTOPS_REQUIRE=vm,systemd LOSTOPS_VM_IMAGE=$(VM) $(CARGO) test --workspace --locked --test vm --test systemd

FUZZ_SECONDS ?= 60
FUZZ_FLAGS := -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table -Ccodegen-units=1 --cfg fuzzing

# One target: its crate's folder and its name.
FUZZ_TARGETS := provider/serve:msgpack provider/serve:json packgen:jobspec packgen:values packgen:template

fuzz: ## Fuzz the decoders of the wire and packgen's parsers for FUZZ_SECONDS each (needs a C++ compiler)
	@for pair in $(FUZZ_TARGETS); do \
	  crate=$${pair%:*}; target=$${pair#*:}; \
	  mkdir -p $(TARGET)/fuzz/found-$$target; \
	  RUSTFLAGS="$(FUZZ_FLAGS)" $(CARGO) run --release --target $$(rustc -vV | sed -n 's/^host: //p') \
	    --manifest-path $$crate/fuzz/Cargo.toml --target-dir $(TARGET)/fuzz --bin $$target -- \
	    -max_total_time=$(FUZZ_SECONDS) -rss_limit_mb=512 -max_len=4096 -artifact_prefix=$(TARGET)/fuzz/ \
	    $(TARGET)/fuzz/found-$$target $$crate/fuzz/corpus/$$target || exit 1; \
	done

bench: build ## Measure start-up, memory and cost per resource against Terraform itself, and packgen against Nomad
	@# As `make install` makes it: built beside the provider it has what that one needs, and half a megabyte more.
	$(CARGO) build --release --locked -p packgen
	$(CARGO) build --release --locked -p acceptance-tests --bins
	$(CARGO) bench --locked -p acceptance-tests

docs: ## Write the provider's documentation from its schemas
	UPDATE_DOCS=1 $(CARGO) test --locked -p terraform-provider-lostops --test docs

install: build ## Put the provider where `terraform init` finds it, and packgen into cargo's folder
	@for host in registry.terraform.io registry.opentofu.org; do \
	  folder="$(PLUGINS)/$$host/lostops/lostops/$(VERSION)/$(PLATFORM)"; \
	  mkdir -p "$$folder" && install -m 0755 "$(TARGET)/release/terraform-provider-lostops" "$$folder/terraform-provider-lostops_v$(VERSION)" && \
	  echo "installed $$folder/terraform-provider-lostops_v$(VERSION)"; \
	done
	$(CARGO) install --locked --path packgen --quiet

demo: build ## Apply examples/quickstart with what was just built: no account, no network
	@TERRAFORM="$(TERRAFORM)" VERSION="$(VERSION)" PLATFORM="$(PLATFORM)" RELEASE="$(TARGET)/release" sh examples/quickstart/demo.sh

clean: ## Remove what was built
	$(CARGO) clean
	rm -rf dist
