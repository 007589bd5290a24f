"""The current view of an industry or a market. The measures of groups that conditions need too are in ``kernels.groups``."""
