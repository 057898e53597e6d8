> open api-paste.ini
14:1-5 error[unknown-setting] unknown setting `name`
    help: the settings are `header`
    api-paste.ini:7:12-14 needed by `pipeline` of [pipeline:api]
    api-paste.ini:3:5-8 needed by `/` of [composite:main]
19:2-11 warning[unused-section] nothing names [app:other], and `main` is another app
    help: name it in a composite or a pipeline, give it a [server:other] if it is served by its name, or remove it
> definition / = a|pi
api-paste.ini:6:2-14
> definition pipeline = i|d
api-paste.ini:11:2-11
> definition header = %(na|me)s
api-paste.ini:14:1-5
> definition use = a|pp
api-paste.ini:16:2-9
> definition us|e = app
nothing
> references [pipeline:a|pi]
api-paste.ini:6:2-14
api-paste.ini:3:5-8
api-paste.ini:4:8-11
api-paste.ini:24:7-10
> references never_without = |id
api-paste.ini:11:2-11
api-paste.ini:7:12-14
api-paste.ini:21:15-17
api-paste.ini:25:17-19
> rename 'public' at [pipeline:a|pi]
api-paste.ini:3:5-8 "api" -> "public"
api-paste.ini:4:8-11 "api" -> "public"
api-paste.ini:6:2-14 "pipeline:api" -> "pipeline:public"
api-paste.ini:24:7-10 "api" -> "public"
> rename 'request_id' at filter-with = id|
api-paste.ini:7:12-14 "id" -> "request_id"
api-paste.ini:11:2-11 "filter:id" -> "filter:request_id"
api-paste.ini:21:15-17 "id" -> "request_id"
api-paste.ini:25:17-19 "id" -> "request_id"
> rename 'filter:request_id' at [filter:i|d]
api-paste.ini:7:12-14 "id" -> "request_id"
api-paste.ini:11:2-11 "filter:id" -> "filter:request_id"
api-paste.ini:21:15-17 "id" -> "request_id"
api-paste.ini:25:17-19 "id" -> "request_id"
> rename 'app:main' at [app:ot|her]
error -32803: [composite:main] is already there
> rename 'a b' at pipeline = i|d
error -32803: the name `a b` cannot be written: white space parts the names of a pipeline
> rename 'x' at head|er = 
there is nothing to rename
> symbols
1:1-4:11 composite:main
  2:1-25 use
  3:1-8 /
  4:1-11 /old
6:1-9:8 pipeline:api
  7:1-9:8 pipeline
11:1-14:9 filter:id
  12:1-29 use
  13:1-18 header
  14:1-9 name
16:1-17:26 app:app
  17:1-26 use
19:1-21:17 app:other
  20:1-10 use
  21:1-17 filter-with
23:1-25:19 check:api
  24:1-10 app
  25:1-19 never_without
> graph text
    main (egg:impasto#urlmap)
    ├─ /     id → app
    └─ /old  id → app
    id → other
> graph mermaid
    flowchart LR
      n0{{"main"}}
      n1["id"]
      n2(["app"])
      n3["id"]
      n4(["app"])
      n5["id"]
      n6(["other"])
      n0 -->|"/"| n1
      n1 --> n2
      n0 -->|"/old"| n3
      n3 --> n4
      n5 --> n6
> graph jpeg
error -32602: `jpeg` is none of text, mermaid, dot, svg or json
> rename 'http:x' at pipeline = i|d
error -32803: the name `http:x` cannot be written: a name that begins with letters and a colon is taken for a URI
