"""Log Analytics: workspaces that answer KQL over the network."""
