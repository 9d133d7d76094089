# The front door: sets up, then calls Bazel through the scripts in build/.
.PHONY: help setup demo test bench bench-compare asan tsan fuzz soak crash-test interop gcc format format-check clean
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 14

setup: ## install what a bare Debian 12 lacks; nothing if all is there
	@build/setup

demo: setup ## build the examples, optimised, and run the demo
	@build/demo

test: setup ## build everything, run all tests; last line: N passed, N failed
	@build/test

bench: setup ## run the benchmarks and print their report
	@build/bench

bench-compare: setup ## the same, held against the ratios in benchmarks/figures.txt
	@build/bench --compare

asan: setup ## all tests under the address and undefined-behaviour sanitizers
	@build/test --config=asan

tsan: setup ## all tests under the thread sanitizer
	@build/test --config=tsan

fuzz: setup ## every fuzz target for FUZZ_SECONDS (60) each
	@build/fuzz

soak: setup ## random programs against the oracle, SOAK_RUNS (2000000) of them, and all pairs of kinds
	@COHORT_RUNS=$${SOAK_RUNS:-2000000} build/soak

crash-test: setup ## kills a process with a store KILLS (500) times; nothing may be lost
	@build/crash_test $${KILLS:-500}

interop: setup ## orders shared with workers of the official SDKs; last line: N agree, N disagree
	@build/interop

gcc: setup ## the rooms without coroutines, built and tested with g++ 12
	@build/gcc

format: ## clang-format over all tracked C++ files
	@build/setup format
	@build/format

format-check: ## say which files clang-format would change
	@build/setup format
	@build/format --check

clean: ## remove build outputs and what fuzzing left
	@bazel clean
	@rm -rf fuzz-findings
