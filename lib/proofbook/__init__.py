"""The engine: turns a folder of notebooks, data and claims into an audited book.
It knows nothing of any one paper."""

import yaml

# Each cell has options in YAML, and several programs read them: libyaml takes a tenth of the time.
yaml.SafeLoader = yaml.CSafeLoader
