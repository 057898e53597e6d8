> open api-paste.ini
17:2-18 warning[unused-section] nothing names [filter:cors_open]
    help: name it in a `pipeline`, a `filter-with` or a `use`, or remove it
23:2-11 error[missing-setting] setting `root` is missing
    help: `root`: The directory
23:2-11 warning[unused-section] nothing names [app:sized], and `main` is another app
    help: name it in a composite or a pipeline, give it a [server:sized] if it is served by its name, or remove it
29:2-11 error[missing-setting] this check asserts nothing
    help: write `passes = FILTER`, `never_without = FILTER`, or `request` and `status`
> complete pipeline = request_id |cors app
request_id  filter: egg:impasto#request_id
cors  filter: egg:impasto#cors
cors_open  filter: cors
main  composite: egg:impasto#urlmap
app  app: egg:impasto#respond
sized  app: egg:impasto#static
> complete pipeline = request_id cor|s app
cors  filter: egg:impasto#cors
cors_open  filter: cors
> complete / = |api
api  pipeline: request_id cors app
app  app: egg:impasto#respond
sized  app: egg:impasto#static
> complete use = cors|
cors  filter: egg:impasto#cors
egg:impasto#cors  Lets pages of other sites use the service (CORS, as the Fetch standard has it).
egg:impasto#oslo_cors  Lets pages of other sites use the service (CORS, as the Fetch standard has it).
> complete use = egg:impasto#request_i|d
egg:impasto#request_id  Gives every request an id, by which it is found in logs.
> complete [filter:cors]\nuse = egg:impasto#cors\n|
allow_origins ("allow_origins = ")  list of texts
allow_methods ("allow_methods = ")  list of texts
allow_headers ("allow_headers = ")  list of texts
expose_headers ("expose_headers = ")  list of texts
allow_credentials ("allow_credentials = ")  true or false
max_age ("max_age = ")  duration
latent_allow_methods ("latent_allow_methods = ")  list of texts
latent_allow_headers ("latent_allow_headers = ")  list of texts
latent_expose_headers ("latent_expose_headers = ")  list of texts
oslo_config_project ("oslo_config_project = ")  text
oslo_config_program ("oslo_config_program = ")  text
oslo_config_file ("oslo_config_file = ")  text
and 2 more
> type 'al' at [filter:cors]\nuse = egg:impasto#cors\n|
16:1-3 error[no-delimiter] this line has neither `=` nor `:`
    help: write `name = value`, or indent the line to continue the value above
23:2-11 error[missing-setting] setting `root` is missing
    help: `root`: The directory
23:2-11 warning[unused-section] nothing names [app:sized], and `main` is another app
    help: name it in a composite or a pipeline, give it a [server:sized] if it is served by its name, or remove it
29:2-11 error[missing-setting] this check asserts nothing
    help: write `passes = FILTER`, `never_without = FILTER`, or `request` and `status`
> complete [filter:cors]\nuse = egg:impasto#cors\nal|
allow_origins ("allow_origins = ")  list of texts
allow_methods ("allow_methods = ")  list of texts
allow_headers ("allow_headers = ")  list of texts
allow_credentials ("allow_credentials = ")  true or false
latent_allow_methods ("latent_allow_methods = ")  list of texts
latent_allow_headers ("latent_allow_headers = ")  list of texts
> type 'low_credentials = ' at [filter:cors]\nuse = egg:impasto#cors\nal|
17:2-18 warning[unused-section] nothing names [filter:cors_open]
    help: name it in a `pipeline`, a `filter-with` or a `use`, or remove it
23:2-11 error[missing-setting] setting `root` is missing
    help: `root`: The directory
23:2-11 warning[unused-section] nothing names [app:sized], and `main` is another app
    help: name it in a composite or a pipeline, give it a [server:sized] if it is served by its name, or remove it
29:2-11 error[missing-setting] this check asserts nothing
    help: write `passes = FILTER`, `never_without = FILTER`, or `request` and `status`
> complete allow_credentials = |
true
false
> type 'max' at [filter:cors_open]\nuse = cors\n|
19:1-4 error[no-delimiter] this line has neither `=` nor `:`
    help: write `name = value`, or indent the line to continue the value above
23:2-11 error[missing-setting] setting `root` is missing
    help: `root`: The directory
23:2-11 warning[unused-section] nothing names [app:sized], and `main` is another app
    help: name it in a composite or a pipeline, give it a [server:sized] if it is served by its name, or remove it
29:2-11 error[missing-setting] this check asserts nothing
    help: write `passes = FILTER`, `never_without = FILTER`, or `request` and `status`
> complete [filter:cors_open]\nuse = cors\nmax|
max_age ("max_age = ")  duration
> complete app = |api
main  composite: egg:impasto#urlmap
api  pipeline: request_id cors app
app  app: egg:impasto#respond
sized  app: egg:impasto#static
> complete [check:api]\napp = api\n|
passes ("passes = ")
never_without ("never_without = ")
request ("request = ")
header.
status ("status = ")
> type ' missing' at pipeline = request_id cors| app
9:28-35 error[missing-section] there is no [filter:missing] in api-paste.ini
    help: the filters of the file are cors, cors_open, request_id
    api-paste.ini:6:5-8 needed by `/` of [composite:main]
19:1-4 error[no-delimiter] this line has neither `=` nor `:`
    help: write `name = value`, or indent the line to continue the value above
23:2-11 error[missing-setting] setting `root` is missing
    help: `root`: The directory
23:2-11 warning[unused-section] nothing names [app:sized], and `main` is another app
    help: name it in a composite or a pipeline, give it a [server:sized] if it is served by its name, or remove it
29:2-11 error[missing-setting] this check asserts nothing
    help: write `passes = FILTER`, `never_without = FILTER`, or `request` and `status`
> type '[f\n' at |[server:main]
9:28-35 error[missing-section] there is no [filter:missing] in api-paste.ini
    help: the filters of the file are cors, cors_open, request_id
    api-paste.ini:6:5-8 needed by `/` of [composite:main]
19:1-4 error[no-delimiter] this line has neither `=` nor `:`
    help: write `name = value`, or indent the line to continue the value above
26:1-3 error[no-delimiter] this begins no section, for its `]` is missing
    help: write [f]
30:2-11 error[missing-setting] this check asserts nothing
    help: write `passes = FILTER`, `never_without = FILTER`, or `request` and `status`
> complete [f|\n[server
filter ("filter:")
filter-app ("filter-app:")
> delete [f\n
9:28-35 error[missing-section] there is no [filter:missing] in api-paste.ini
    help: the filters of the file are cors, cors_open, request_id
    api-paste.ini:6:5-8 needed by `/` of [composite:main]
19:1-4 error[no-delimiter] this line has neither `=` nor `:`
    help: write `name = value`, or indent the line to continue the value above
23:2-11 error[missing-setting] setting `root` is missing
    help: `root`: The directory
23:2-11 warning[unused-section] nothing names [app:sized], and `main` is another app
    help: name it in a composite or a pipeline, give it a [server:sized] if it is served by its name, or remove it
29:2-11 error[missing-setting] this check asserts nothing
    help: write `passes = FILTER`, `never_without = FILTER`, or `request` and `status`
> type '[filter:\n' at |[server:main]
9:28-35 error[missing-section] there is no [filter:missing] in api-paste.ini
    help: the filters of the file are cors, cors_open, request_id
    api-paste.ini:6:5-8 needed by `/` of [composite:main]
19:1-4 error[no-delimiter] this line has neither `=` nor `:`
    help: write `name = value`, or indent the line to continue the value above
23:2-11 error[missing-setting] setting `root` is missing
    help: `root`: The directory
23:2-11 warning[unused-section] nothing names [app:sized], and `main` is another app
    help: name it in a composite or a pipeline, give it a [server:sized] if it is served by its name, or remove it
26:1-8 error[unknown-setting] unknown setting `[filter`
    help: the settings are `root`, `cache_max_age`, `index`, `listing`, `follow_symlinks`, `precompressed`, `here`
26:1-9 warning[swallowed-line] this begins no section, for its `]` is missing
    help: write [filter:]
    help: as it is, this is an option of the section above
30:2-11 error[missing-setting] this check asserts nothing
    help: write `passes = FILTER`, `never_without = FILTER`, or `request` and `status`
> complete [filter:|\n[server
filter:missing ("filter:missing]")  named, and not there yet
> complete [DEF|AULT]
nothing
> complete level = |debug
nothing
> delete \nmax
9:28-35 error[missing-section] there is no [filter:missing] in api-paste.ini
    help: the filters of the file are cors, cors_open, request_id
    api-paste.ini:6:5-8 needed by `/` of [composite:main]
17:2-18 warning[unused-section] nothing names [filter:cors_open]
    help: name it in a `pipeline`, a `filter-with` or a `use`, or remove it
22:2-11 error[missing-setting] setting `root` is missing
    help: `root`: The directory
22:2-11 warning[unused-section] nothing names [app:sized], and `main` is another app
    help: name it in a composite or a pipeline, give it a [server:sized] if it is served by its name, or remove it
25:1-8 error[unknown-setting] unknown setting `[filter`
    help: the settings are `root`, `cache_max_age`, `index`, `listing`, `follow_symlinks`, `precompressed`, `here`
25:1-9 warning[swallowed-line] this begins no section, for its `]` is missing
    help: write [filter:]
    help: as it is, this is an option of the section above
29:2-11 error[missing-setting] this check asserts nothing
    help: write `passes = FILTER`, `never_without = FILTER`, or `request` and `status`
> type 'body = 100%% %(le' at use = egg:impasto#respond\n|
9:28-35 error[missing-section] there is no [filter:missing] in api-paste.ini
    help: the filters of the file are cors, cors_open, request_id
    api-paste.ini:6:5-8 needed by `/` of [composite:main]
17:2-18 warning[unused-section] nothing names [filter:cors_open]
    help: name it in a `pipeline`, a `filter-with` or a `use`, or remove it
21:14-18 error[interpolation-syntax] `%(le` is no reference: it lacks a name or `)s`
    help: write `%%` for a plain `%`, `%(name)s` for the value of another option
    api-paste.ini:9:36-39 needed by `pipeline` of [pipeline:api]
    api-paste.ini:6:5-8 needed by `/` of [composite:main]
22:2-11 error[missing-setting] setting `root` is missing
    help: `root`: The directory
22:2-11 warning[unused-section] nothing names [app:sized], and `main` is another app
    help: name it in a composite or a pipeline, give it a [server:sized] if it is served by its name, or remove it
25:1-8 error[unknown-setting] unknown setting `[filter`
    help: the settings are `root`, `cache_max_age`, `index`, `listing`, `follow_symlinks`, `precompressed`, `here`
25:1-9 warning[swallowed-line] this begins no section, for its `]` is missing
    help: write [filter:]
    help: as it is, this is an option of the section above
29:2-11 error[missing-setting] this check asserts nothing
    help: write `passes = FILTER`, `never_without = FILTER`, or `request` and `status`
> complete body = 100%% %(le|
level ("level)s")  [DEFAULT]
__file__ ("__file__)s")  this file
file:  a secret file
> type 'vel)s' at body = 100%% %(le|
9:28-35 error[missing-section] there is no [filter:missing] in api-paste.ini
    help: the filters of the file are cors, cors_open, request_id
    api-paste.ini:6:5-8 needed by `/` of [composite:main]
17:2-18 warning[unused-section] nothing names [filter:cors_open]
    help: name it in a `pipeline`, a `filter-with` or a `use`, or remove it
22:2-11 error[missing-setting] setting `root` is missing
    help: `root`: The directory
22:2-11 warning[unused-section] nothing names [app:sized], and `main` is another app
    help: name it in a composite or a pipeline, give it a [server:sized] if it is served by its name, or remove it
25:1-8 error[unknown-setting] unknown setting `[filter`
    help: the settings are `root`, `cache_max_age`, `index`, `listing`, `follow_symlinks`, `precompressed`, `here`
25:1-9 warning[swallowed-line] this begins no section, for its `]` is missing
    help: write [filter:]
    help: as it is, this is an option of the section above
29:2-11 error[missing-setting] this check asserts nothing
    help: write `passes = FILTER`, `never_without = FILTER`, or `request` and `status`
> complete body = 100%% %(|level)s
level  [DEFAULT]
use  this section
body  this section
here  the directory of this file
__file__  this file
env:  the environment
file:  a secret file
> complete body = 100%% %(level)s|
nothing
