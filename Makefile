# Every target is one script: read them for what they do.
.PHONY: run test format lint tsan clean

# NODES=3 and a private Redis by default; `make run NODES=1 REDIS=none` needs neither Redis nor gateway.
run:
	@scripts/run

test:
	@scripts/test

format:
	@swift format --in-place --parallel --recursive Sources Tests Package.swift

lint:
	@scripts/lint

tsan:
	@scripts/tsan

clean:
	@rm -rf .build .build-tsan .build-asan .build-fuzz .cache
