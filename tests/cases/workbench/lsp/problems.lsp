> open api-paste.ini
6:23-26 error[missing-section] there is no [filter:crs] in api-paste.ini
    help: did you mean `cors`?
    api-paste.ini:3:5-8 needed by `/` of [composite:main]
14:21-28 error[bad-value] `allow_credentials` must be one of true, yes, on, y, t, 1 or one of false, no, off, n, f, 0, not `perhaps`
18:1-6 error[unknown-setting] unknown setting `stats`
    help: did you mean `status`?
    api-paste.ini:6:27-30 needed by `pipeline` of [pipeline:api]
    api-paste.ini:3:5-8 needed by `/` of [composite:main]
20:2-14 warning[unused-section] nothing names [filter:spare]
    help: name it in a `pipeline`, a `filter-with` or a `use`, or remove it
> actions pipeline = request_id c|rs
Write `cors` instead of `crs`
    api-paste.ini:6:23-26 "crs" -> "cors"
> actions use = egg:impasto#re|spond
nothing
> type 'o' at pipeline = request_id c|rs
14:21-28 error[bad-value] `allow_credentials` must be one of true, yes, on, y, t, 1 or one of false, no, off, n, f, 0, not `perhaps`
    api-paste.ini:6:23-27 needed by `pipeline` of [pipeline:api]
    api-paste.ini:3:5-8 needed by `/` of [composite:main]
18:1-6 error[unknown-setting] unknown setting `stats`
    help: did you mean `status`?
    api-paste.ini:6:28-31 needed by `pipeline` of [pipeline:api]
    api-paste.ini:3:5-8 needed by `/` of [composite:main]
20:2-14 warning[unused-section] nothing names [filter:spare]
    help: name it in a `pipeline`, a `filter-with` or a `use`, or remove it
> actions pipeline = request_id co|rs
nothing
> type '\n# impasto: allow unused-section for later' at stats = 200|
14:21-28 error[bad-value] `allow_credentials` must be one of true, yes, on, y, t, 1 or one of false, no, off, n, f, 0, not `perhaps`
    api-paste.ini:6:23-27 needed by `pipeline` of [pipeline:api]
    api-paste.ini:3:5-8 needed by `/` of [composite:main]
18:1-6 error[unknown-setting] unknown setting `stats`
    help: did you mean `status`?
    api-paste.ini:6:28-31 needed by `pipeline` of [pipeline:api]
    api-paste.ini:3:5-8 needed by `/` of [composite:main]
> type 'u' at stat|s = 200
14:21-28 error[bad-value] `allow_credentials` must be one of true, yes, on, y, t, 1 or one of false, no, off, n, f, 0, not `perhaps`
    api-paste.ini:6:23-27 needed by `pipeline` of [pipeline:api]
    api-paste.ini:3:5-8 needed by `/` of [composite:main]
> delete allow_credentials = perhaps\n
no problems
> type 'a = %(\n' at |[filter:spare]
18:12-42 warning[useless-allow] there is no warning `unused-section` below to be allowed
    help: remove it
20:1-2 error[unknown-setting] unknown setting `a`
    help: the settings are `body`, `status`, `content_type`
    api-paste.ini:6:28-31 needed by `pipeline` of [pipeline:api]
    api-paste.ini:3:5-8 needed by `/` of [composite:main]
20:5-7 error[interpolation-syntax] `%(` is no reference: it lacks a name or `)s`
    help: write `%%` for a plain `%`, `%(name)s` for the value of another option
    api-paste.ini:6:28-31 needed by `pipeline` of [pipeline:api]
    api-paste.ini:3:5-8 needed by `/` of [composite:main]
21:2-14 warning[unused-section] nothing names [filter:spare]
    help: name it in a `pipeline`, a `filter-with` or a `use`, or remove it
> type '[check:api]\nnever_without = etag\n\n' at |[filter:spare]
18:12-42 warning[useless-allow] there is no warning `unused-section` below to be allowed
    help: remove it
20:1-2 error[unknown-setting] unknown setting `a`
    help: the settings are `body`, `status`, `content_type`
    api-paste.ini:6:28-31 needed by `pipeline` of [pipeline:api]
    api-paste.ini:3:5-8 needed by `/` of [composite:main]
20:5-7 error[interpolation-syntax] `%(` is no reference: it lacks a name or `)s`
    help: write `%%` for a plain `%`, `%(name)s` for the value of another option
    api-paste.ini:6:28-31 needed by `pipeline` of [pipeline:api]
    api-paste.ini:3:5-8 needed by `/` of [composite:main]
22:17-21 error[missing-section] there is no filter `etag`
24:2-14 warning[unused-section] nothing names [filter:spare]
    help: name it in a `pipeline`, a `filter-with` or a `use`, or remove it
