> open api-paste.ini
7:2-11 warning[unused-section] nothing names [app:other], and `main` is another app
    help: name it in a composite or a pipeline, give it a [server:other] if it is served by its name, or remove it
> format
api-paste.ini:2:1-6:1 "use=egg:impasto#respond\nbody   = ü\n  x\n\n" -> "use = egg:impasto#respond\nbody = ü\n    x\n"
> delete   x\n\n
5:2-11 warning[unused-section] nothing names [app:other], and `main` is another app
    help: name it in a composite or a pipeline, give it a [server:other] if it is served by its name, or remove it
> format
api-paste.ini:2:1-4:1 "use=egg:impasto#respond\nbody   = ü\n" -> "use = egg:impasto#respond\nbody = ü\n"
> type 'nothing\n' at |[app:other]
5:1-8 error[no-delimiter] this line has neither `=` nor `:`
    help: write `name = value`, or indent the line to continue the value above
6:2-11 warning[unused-section] nothing names [app:other], and `main` is another app
    help: name it in a composite or a pipeline, give it a [server:other] if it is served by its name, or remove it
> format
error -32803: some lines are wrong: this line has neither `=` nor `:`
