# Every target is one script: read them for what they do.
.PHONY: run test failover format lint docs tsan bench microbench soak images container-smoke clean

# NODES=3 and a private Redis by default; `make run NODES=1 REDIS=none` needs neither Redis nor gateway.
run:
	@scripts/run

test:
	@scripts/test

format:
	@swift format --in-place --parallel --recursive Sources Tests Examples Package.swift

lint:
	@scripts/lint

# The documentation, in .build/docs; needs a debug build (`swift build`).
docs:
	@scripts/docs

tsan:
	@scripts/tsan

# What the operations of the cores cost: allocations and instructions.
microbench:
	@scripts/microbench

# Ours beside others on this machine, as one table; BENCH='--only echo --peer-node DIR' are its options.
bench:
	@scripts/bench $(BENCH)

# Breaks a cluster under load, one way after the other; FAILOVER='--only E1 --clients 300' are its options.
failover:
	@scripts/failover $(FAILOVER)

# Half load with churn for 30 minutes: memory must stay flat and nothing may be left.
soak:
	@scripts/bench soak $(BENCH)

# The image of both executables; IMAGES='--build-arg BASE=…' are its options.
images:
	@scripts/images $(IMAGES)

# The stack in containers, under real clients; SMOKE='--binaries DIR' are its options.
container-smoke:
	@scripts/container-smoke $(SMOKE)

clean:
	@rm -rf .build .build-tsan .build-asan .build-fuzz .cache
