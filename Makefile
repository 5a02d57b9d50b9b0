# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Every target sets up what it needs in .venv, once; what it makes goes to build.

PYTHON ?= python3
# Which integration target to run; all, where it is empty.
TARGET ?=
# Passed on to what a target runs: pytest, the benchmark, or ansible-playbook for a rehearsal.
ARGS ?=
# Which ansible-core, or which on which Python, `make test-matrix` runs on; all, where it is empty.
PAIRS ?=
# The version that `make release` makes.
VERSION ?=
# What `make test` runs after its own steps: the suites that take some minutes more each, such as resilience and
# matrix=oldest, and browser, which needs Chromium. One with + before it begins with the first, and runs beside them.
MORE ?=

# What the caller has set for other work of theirs must not reach into this; an account's credentials least of all.
$(foreach name,$(filter ANSIBLE_% CLOUDIWAY_% PYTHONPATH PYTHONHOME,$(.VARIABLES)),$(eval unexport $(name)))
export ANSIBLE_CONFIG := $(CURDIR)/tests/ansible.cfg

PYTHON_PATH := $(shell command -v $(PYTHON))
PYTHON_VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
export PATH := $(CURDIR)/.venv/bin:$(PATH)

MADE := .venv/made
CAN_RUN := .venv/has-ansible
CAN_CHECK := .venv/has-tools
CAN_IMPORT := .venv/importer/made
PIP_INSTALL := .venv/bin/python -m pip --disable-pip-version-check --quiet install
RUN := .venv/bin/python
# Where a rehearsal leaves its report, and the address of its simulator.
IN_BUILD := {"rehearsal_dir": "$(CURDIR)/build/rehearsal"}

# An environment neither moves nor changes its Python: one made elsewhere, or with another, is made anew.
MADE_FOR := Python $(PYTHON_VERSION) in $(CURDIR)
ifneq ($(shell cat $(MADE) 2>/dev/null),$(MADE_FOR))
.PHONY: $(MADE)
endif

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help test lint sanity unit integration resilience faults chaos awx bench test-matrix coverage rehearsal \
	rehearsal-stop build browser picture guides docs importer release clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name text; do printf 'make %-16s%s\n' "$$name" "$$text"; done

test: $(CAN_CHECK) ## run lint, sanity, unit and integration (MORE="resilience faults" for those too)
	@$(RUN) tools/steps.py lint sanity unit integration $(MORE)

lint: $(CAN_CHECK) ## check style, types, playbooks and licences
	@$(RUN) tools/lint.py

sanity: $(CAN_CHECK) ## run ansible-test sanity
	@$(RUN) tools/sanity.py

unit: $(CAN_CHECK) ## run the unit tests (ARGS="-k words" for some of them)
	@$(RUN) tools/unit.py $(ARGS)

integration: $(CAN_CHECK) ## run the integration targets (TARGET=name for one)
	@$(RUN) tools/integration.py $(TARGET)

resilience: $(CAN_CHECK) ## kill, stop and interrupt cutovers, and see them go on (ARGS="-k words" for some)
	@$(RUN) tools/resilience.py $(ARGS)

faults: $(CAN_CHECK) ## strike every call with every fault, and leave the table in build/faults (ARGS="-k words" for some)
	@$(RUN) tools/faults.py $(ARGS)

chaos: $(CAN_CHECK) ## play cutovers in which one request in twenty goes wrong (ARGS="--seeds 20" for more)
	@$(RUN) tools/chaos.py $(ARGS)

guides: $(CAN_CHECK) ## work through the guides and the README as a reader does (ARGS="-k words" for some)
	@$(RUN) tools/guides.py $(ARGS)

docs: $(CAN_CHECK) ## build the documentation as HTML into build/docs
	@$(RUN) tools/docs.py

awx: $(CAN_CHECK) ## set a stand-in of AWX up, and run its jobs as AWX does (ARGS="-k words" for some)
	@$(RUN) tools/awx.py $(ARGS)

bench: $(CAN_RUN) ## measure the speed, and write the table in the README anew (ARGS="--repeats 1" for a glance)
	@$(RUN) tools/bench.py $(ARGS)

test-matrix: $(CAN_CHECK) ## run sanity, unit and integration on every ansible-core (PAIRS="2.16/3.10 newest" for some)
	@$(RUN) tools/matrix.py $(PAIRS)

browser: $(CAN_CHECK) ## open the report in Chromium, which must be installed, and look (ARGS="-k words" for some)
	@$(RUN) tools/browser.py $(ARGS)

picture: $(CAN_RUN) ## rehearse, and take the picture of the report for the README; needs Chromium too
	@$(RUN) tools/picture.py

coverage: $(CAN_CHECK) ## show what of plugins/ neither unit nor integration reaches; fails below 95 % of branches
	@$(RUN) tools/reached.py

rehearsal: $(CAN_RUN) ## play a whole cutover against the simulator (ARGS="-e users_file=..." for your own list)
	@$(RUN) tools/arrange.py
	@ansible-playbook cloudiway.mail.rehearsal --extra-vars '$(IN_BUILD)' $(ARGS)

rehearsal-stop: $(CAN_RUN) ## end the simulator that a rehearsal left running
	@$(RUN) tools/arrange.py
	@ansible-playbook cloudiway.mail.rehearsal_stop --extra-vars '$(IN_BUILD)' $(ARGS)

build: $(CAN_RUN) ## build the collection's archive into build/
	@$(RUN) tools/arrange.py
	@rm -f build/cloudiway-mail-*.tar.gz
	@ansible-galaxy collection build build/tree/ansible_collections/cloudiway/mail --output-path build --force

importer: $(CAN_IMPORT) build ## have galaxy-importer read the archive; a warning is an error
	@$(RUN) tools/importer.py build/cloudiway-mail-*.tar.gz

release: $(CAN_CHECK) $(CAN_IMPORT) ## make version, change log, archive, commit and tag (VERSION=1.2.0)
	@$(RUN) tools/release.py $(VERSION)

clean: ## remove build and .venv
	rm -rf build .venv

$(MADE):
	@test -n "$(PYTHON_VERSION)" || { echo "$(PYTHON) is not there: say which Python with PYTHON=..." >&2; exit 1; }
	@$(PYTHON_PATH) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: say which with PYTHON=...")'
	rm -rf .venv
	$(PYTHON_PATH) -m venv .venv
	@echo "$(MADE_FOR)" > $@

$(CAN_RUN): requirements.txt tests/requirements/ansible.txt $(MADE)
	$(PIP_INSTALL) -r tests/requirements/ansible.txt
	@touch $@

$(CAN_CHECK): tests/requirements/tools.txt tests/requirements/tests.txt $(CAN_RUN)
	$(PIP_INSTALL) -r tests/requirements/tools.txt
	@touch $@

$(CAN_IMPORT): tests/requirements/importer.txt $(MADE)
	$(PYTHON_PATH) -m venv .venv/importer
	.venv/importer/bin/python -m pip --disable-pip-version-check --quiet install -r tests/requirements/importer.txt
	@touch $@
