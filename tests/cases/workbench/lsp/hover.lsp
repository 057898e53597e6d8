> open api-paste.ini
14:1-14 error[unknown-setting] unknown setting `htpasswd_file`
    help: the settings are `auth_file`, `user`, `realm`, `user_headers`, `max_checks`, `oslo_config_project`, `oslo_config_program`, `oslo_config_file`
    api-paste.ini:6:5-9 needed by `pipeline` of [pipeline:main]
20:1-6 warning[hidden-by-default] `level` has no effect here: the option of the same name in [DEFAULT] hides it
    help: write `set level = ...` to override it for this section
    api-paste.ini:2:1-6 this one counts
    api-paste.ini:7:5-8 needed by `pipeline` of [pipeline:main]
22:2-13 warning[unused-section] nothing names [app:foreign], and `main` is another app
    help: name it in a composite or a pipeline, give it a [server:foreign] if it is served by its name, or remove it
23:21-40 error[unknown-factory] nothing linked provides an app `nowhere.to:be_found`
    help: linked into this program: impasto, impasto-tests
    help: a crate that the program does not name is not linked: `use my_filters as _;`
> hover pipeline = request|_id
    ```ini
    [filter:request_id]
    use = egg:impasto#request_id
    ```
    api-paste.ini:9

    `egg:impasto#request_id`: filter of `impasto-filters`
    ...
> hover bo|dy = %(level)s
    `body`: text

    The body of the answer, as it is written. Empty by default.

    ```ini
    body = mine  # api-paste.ini:19, own option
    ```
> hover body = %(le|vel)s
    ```ini
    level = debug  # api-paste.ini:2, [DEFAULT]
    api-paste.ini:20 has one too, which is hidden
    ```
> hover rea|lm = 
    `realm`: text, default `restricted`

    What a browser shows when it asks for the password.

    ```ini
    realm = ********  # api-paste.ini:15, own option, from the environment
    ```
> hover realm = %(env:NO_|SUCH
    `env:NO_SUCH_REALM:-secret`: from the environment, and never shown
> hover [filter:au|th]
    ```ini
    [filter:auth]
    use = egg:impasto#basic_auth
    ```
    api-paste.ini:12

    `egg:impasto#basic_auth`: filter of `impasto-filters`
    ...
> hover [app:fore|ign]
    ```ini
    [app:foreign]
    ```
    api-paste.ini:22

    An app, made by a factory.
> hover [pipeline:ma|in]
    ```ini
    [pipeline:main]
    pipeline = request_id auth app
    ```
    api-paste.ini:4
> hover use = egg:impasto#res|pond
    `egg:impasto#respond`: app of `impasto-filters`

    Answers every request with the same text.

    For a versions document, a maintenance page, a `robots.txt`, or the place of an app that is still
    to come. Every method and every path below the mount point gets the same answer.

    ```ini
    ...
> hover us|e = egg:impasto#respond
    `use`

    What makes it: a factory (`egg:PACKAGE#NAME`, `call:MODULE:ATTR`), a section of another file (`config:FILE#NAME`), or a section of this one, whose options it then has too.
> hover sta|tus = 401
    `status`

    The statuses that the answer may have: `404`, or `4xx` for all of them.
> hover \n|\n[app:app]
nothing
