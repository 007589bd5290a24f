# What the gateway's problems say: by their code, else by their type. Those of conditions are in conditions.ftl.

# The fields that a problem can name, beside those of the form of a run.
field-condition = Condition
field-columns = Columns
field-sort = Sort by
field-industry = Industry
field-symbol = Instrument
field-frequency = How often
field-limit = Number of rows
field-language = Language
field-name = Name
field-size-value = Amount of the size
field-signal = Signal

# By code.
problem-name-near = { $field }: there is no “{ $value }”. Did you mean { $near }?
problem-name-unknown = { $field }: there is no “{ $value }”. There are: { $known }
problem-symbol-unknown = There is no instrument { $value }
problem-symbols-or-industry = Name instruments or an industry, not both
problem-parameter-unknown = { $field } is not known here. There are: { $known }
problem-field-unknown = { $field } is not known here
problem-value-missing = { $field }: a value is needed
problem-value-kind = { $field }: { $kind ->
    [int] a whole number
    [float] a number
    [str] a text
    [bool] true or false
    [array] a list
    [object] a list of names and values
    [date] a date
   *[other] another kind of value
} is needed
problem-value-choice = { $field }: “{ $value }” is none of the choices
problem-value-date = { $field }: “{ $value }” is no date such as 2026-07-02
problem-value-form = { $field }: “{ $value }” is not written as it must be
problem-value-wrong = { $field }: “{ $value }” cannot be used
problem-value-least = { $field }: at least { $bound }
problem-value-most = { $field }: at most { $bound }
problem-value-above = { $field }: above { $bound }
problem-value-below = { $field }: below { $bound }
problem-text-short = { $field }: at least { $bound } characters
problem-text-long = { $field }: at most { $bound } characters
problem-items-few = { $field }: at least { $bound } entries
problem-items-many = { $field }: at most { $bound } entries
problem-start-after-end = The first session { $value } is after the last one, { $end }
problem-newest = { $name ->
    [none] The condition looks further back than the newest two bars
   *[other] { $name } has no values on this timeframe here
}
problem-invalid-job = Analysis cannot evaluate this
problem-invalid-condition = Analysis does not read this condition
problem-not-supported = This condition cannot be evaluated over past bars
problem-not-computed = Analysis cannot compute this column
problem-analysis-absent = Analysis is not connected here
problem-analysis-silent = Analysis does not answer now. Try again later
problem-analysis-busy = Analysis is busy. Try again later, or ask for less
problem-no-database = The database does not answer now. Try again later
problem-jobs-closed = Runs are not taken now. Try again later
problem-jobs-many = Too many runs wait or run. Wait for one to end, or cancel one
problem-runs-too-often = Too many runs were asked for. Try again in { $seconds } s
problem-job-unknown = There is no run { $value }
problem-job-of-another = This run was requested with another key, so that it cannot be cancelled here
problem-job-over = This run has ended already
problem-file-unknown = The run has no file { $value }
problem-too-often = Too many requests. Try again in { $seconds } s
problem-wrong-keys = Too many keys were not valid. Try again in { $seconds } s
problem-not-public = Reading needs a key here. Enter it in Alerts, or in the settings of the page
problem-key-invalid = The key is not valid: it is unknown, expired or revoked
problem-key-needed = A key with the scope { $scope } is needed. Enter it in Alerts
problem-key-needed-any = A key is needed. Enter it in Alerts
problem-scope-missing = The key has not the scope { $scope }. It has: { $has }. The operator can create a key that has it
problem-watchlist-full = The watchlist has { $most } instruments already, which is the most
problem-alerts-full = There are { $most } alerts already, which is the most
problem-alerts-extra = The alerts would need more than { $most } indicators of their own
problem-alerts-busy = As many alerts as possible run already, over all users
problem-alert-unknown = There is no alert { $value }
problem-at-once = Something else changed the same at this moment. Try again
problem-key-reused = The same change was sent twice in different ways. Try again

# Why a run is refused.
problem-value-within = { $field }: { $value } is not from { $least } to { $most }
problem-value-between = { $field }: { $value } is not above { $least } and at most { $most }
problem-value-whole = { $field }: { $value } is no whole number
problem-text-length = { $field }: “{ $value }” must have 1 to { $most } characters
problem-count-most = { $field }: { $count } are too many, at most { $most }
problem-count-within = { $field }: { $count } are given, from { $least } to { $most } are needed
problem-numbers-differ = { $field }: different numbers of bars are needed, at least one
problem-needs-other = { $field }: “{ $value }” needs a value in one of: { $other }
problem-no-exit = { $field }: nothing ends a position. Name a signal, or set a stop, a target or a time exit
problem-value-and-range = { $field }: it has a value and a range at once
problem-options-wrong = The parts of this request do not fit together
problem-request-large = The request is too large: at most { $most } bytes
problem-signal-unknown = { $field }: there is no rule, chart pattern or condition “{ $value }”
problem-timeframe-unfit = { $field }: { $name } does not run on { $timeframe }. It runs on: { $known }
problem-timeframe-none = { $field }: no rule runs on { $timeframe }
problem-timeframe-other = { $field }: “{ $value }” is on { $found }, and the bars are of { $timeframe }
problem-direction-unfit = { $field }: { $name } never fires { $direction }
problem-parameter-unknown-of = { $field }: { $name } has no parameter “{ $parameter }”. It has: { $known }
problem-parameter-between = { $field }: { $name }: { $parameter }={ $value } is not above { $least } and at most { $most }
problem-parameter-fixed = { $field }: { $name }: { $parameter } is always { $value }
problem-parameter-number = { $field }: { $name }: { $parameter } must be a number
problem-parameter-twice = { $field }: { $name }: { $parameter } is given twice
problem-parameters-form = { $field }: write the parameters of { $name } as ({ $known })
problem-parameters-unfit = { $field }: { $name } cannot be computed with these parameters
problem-sequence = { $field }: the sequence “{ $value }” is not read from character { $at } on
problem-data-lacks = { $field }: “{ $value }” reads { $name }, which the data lack
problem-data-lacks-groups = { $field }: “{ $value }” reads industries or relative strength, which the data lack
problem-no-calendar = { $field }: “{ $value }” reads sessions, and the exchange “{ $name }” has no calendar here
problem-no-signals = { $field }: { $name } has no signal on these bars, or too short a past of them
problem-no-bars = No bars of { $timeframe } are stored yet
problem-no-bars-of = { $field }: there are no bars of { $timeframe } of { $value } in this range
problem-no-tables = The tables of the database are not there yet
problem-symbol-twice = { $field }: an instrument is named twice
problem-currencies = { $field }: { $value } is in { $first } and { $other_value } in { $second }, and an account has one currency. Name instruments of one, or give each its own account
problem-data-large = { $field }: these are too many data. Name fewer instruments, or a later start
problem-package-missing = Analysis has not all packages for this: { $name }
problem-check-slow = Analysis has not checked the request within { $seconds } s. Try again later
problem-check-killed = Analysis has stopped while it checked the request: it may need too much memory
problem-range-parameter = { $field }: there is no parameter “{ $name }”. There are: { $known }
problem-range-missing = { $field }: { $name } has no values. Write them as { $name }=5:50:5 or { $name }=5,10,20
problem-range-name = { $field }: “{ $name }” is no name of a parameter
problem-range-empty = { $field }: { $name } has no values
problem-range-many = { $field }: { $name } has { $count } values, at most { $most } are tried
problem-range-twice = { $field }: { $name } has { $value } twice
problem-range-twice-given = { $field }: { $name } has values and a range at once
problem-range-form = { $field }: write { $name } as 5:50:5, the first, the last and the step, or as 5,10,20
problem-range-step = { $field }: the step of { $name } must be above 0
problem-range-order = { $field }: { $name } is empty: { $last } is below { $first }
problem-range-number = { $field }: { $name }: “{ $value }” is no number, or too large
problem-sets-many = { $field }: { $count } combinations, at most { $most } are tried. Take fewer values
problem-sets-many-bars = { $field }: { $count } combinations on { $bars } bars are too many. Take fewer values or a shorter range
problem-sets-none = { $field }: none of { $count } combinations is left by: { $known }
problem-returns-unknown = No combination has returns that can be compared
problem-sets-few = At least { $least } combinations are needed
problem-constraint-form = { $field }: “{ $value }” is no comparison of parameters. Write it as fast < slow
problem-constraint-parameter = { $field }: “{ $value }”: there is no parameter “{ $name }”. There are: { $known }
problem-trades-few = { $field }: no combination has { $least } trades and a value to choose by. The most trades are { $most }
problem-bars-few = { $field }: there are too few bars for this split. Take fewer parts or a longer range
problem-blocks-even = { $field }: { $value } is not an even number from { $least } to { $most }
problem-blocks-many = { $field }: { $value } blocks are too many for this number of combinations
problem-tested-fewer = { $field }: { $value } of { $groups } parts: at least one must be tested, and one must be left
problem-splits-many = { $field }: { $count } splits, at most { $most } are made
problem-dates-few = { $field }: each part needs { $least } dates, and there are { $count } in all. Name an earlier start
problem-search-large = { $field }: more than { $most } candidates. Ask for more signals of each, or for smaller combinations
problem-label-horizon = { $field }: “{ $value }”: the horizon must be a whole number of bars from { $least } to { $most }
problem-shares-whole = { $field }: { $train } and { $validation } leave nothing for training or for the test
problem-part-empty = No bar of { $count } is left for this part: { $name }. Take a longer range, shorter labels or a shorter embargo
problem-column-unit = { $field }: { $name } does not scale with prices and volumes
problem-feature-unit = { $field }: it joins values of different units, so that it changes with later splits. Divide, as { $example }
problem-feature-past = { $field }: “{ $value }” cannot be computed over past bars
problem-column-twice = { $field }: “{ $value }” and “{ $other_value }” would both be the column { $column }. Name one of them, as NAME = …
problem-column-taken = { $field }: { $column } is the name of another column. Give it another name
problem-sessions-within = { $field }: “{ $value }”: sessions are from { $least } to { $most }
problem-component-within = { $field }: “{ $value }”: the component is from { $least } to { $most }
problem-news-stored = { $field }: news are known for stored bars alone. Leave them out

# By type, where the code says nothing more.
problem-field = { $field }: “{ $value }” cannot be used
problem-of-invalid-parameter = A value cannot be used
problem-of-invalid-condition = This is no condition
problem-of-unknown-parameter = The gateway does not know a part of the request
problem-of-malformed-request = The gateway cannot read the request
problem-of-unauthorized = A valid key is needed
problem-of-forbidden = The key has not the scope for this
problem-of-not-yours = This belongs to another key
problem-of-forbidden-origin = The gateway does not answer pages of this address
problem-of-not-found = This does not exist
problem-of-unknown-symbol = There is no such instrument
problem-of-unknown-industry = There is no such industry
problem-of-unknown-key = There is no such key
problem-of-method-not-allowed = The gateway does not do this
problem-of-conflict = The present state does not allow this
problem-of-changed = It has changed since it was read. Read it again
problem-of-job-ended = This run has ended already
problem-of-body-too-large = The request is too large
problem-of-url-too-long = The request is too long
problem-of-not-json = The gateway cannot read the request
problem-of-misdirected-host = The gateway does not answer under this name
problem-of-precondition-required = Read it again before you change it
problem-of-upgrade-required = The gateway cannot read the request
problem-of-rate-limited = Too many requests. Try again later
problem-of-too-many-jobs = Too many runs wait or run
problem-of-internal = The gateway failed. The operator finds the error in its log
problem-of-unavailable = A part that this needs does not answer now. Try again later
problem-of-timeout = The answer took too long. Ask for less, or try again later
problem-status = The gateway answered with the status { $status }
