> open api-paste.ini
no problems
> format
api-paste.ini:2:1-6:1 "use=egg:impasto#respond\nbody   = ü\n  x\n\n" -> "use = egg:impasto#respond\nbody = ü\n    x\n"
> delete   x\n\n
no problems
> format
api-paste.ini:2:1-4:1 "use=egg:impasto#respond\nbody   = ü\n" -> "use = egg:impasto#respond\nbody = ü\n"
> type 'nothing\n' at |[app:other]
5:1-8 error[no-delimiter] this line has neither `=` nor `:`
    help: write `name = value`, or indent the line to continue the value above
> format
error -32803: some lines are wrong: this line has neither `=` nor `:`
