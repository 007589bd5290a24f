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
problem-scope-missing = The key has not the scope { $scope }. It has: { $has }
problem-watchlist-full = The watchlist has { $most } instruments already, which is the most
problem-alerts-full = There are { $most } alerts already, which is the most
problem-alerts-extra = The alerts would need more than { $most } indicators of their own
problem-alerts-busy = As many alerts as possible run already, over all users
problem-alert-unknown = There is no alert { $value }
problem-at-once = Something else changed the same at this moment. Try again
problem-key-reused = The same change was sent twice in different ways. Try again

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
