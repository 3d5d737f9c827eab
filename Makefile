# The two commands of the README. Each first sees that the toolchain is whole.
.PHONY: run test toolchain

run: toolchain
	cargo run -- serve

test: toolchain
	cargo test

# cargo, a C++ compiler and libclang (for RocksDB): installed by the system's package manager, or named.
toolchain:
	@sh .ci/toolchain
