# The two commands of the README. Each first sees that the toolchain is whole.
.PHONY: run test toolchain web shots

run: toolchain web
	cargo run -- serve

test: toolchain
	cargo test

# cargo, a C++ compiler and libclang (for RocksDB): installed by the system's package manager, or named.
toolchain:
	@sh .ci/toolchain

# What a browser may add to the pages. Without npm, or without a network, the pages are whole without it.
web:
	@sh .ci/web

# A picture of every page, in both languages, light and dark, on a phone and printed, in shots/.
shots:
	@bash .ci/browser shots
