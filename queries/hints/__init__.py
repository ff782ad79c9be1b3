"""Why a row deserves a look: rules written in Sigma, and what Sigma cannot say."""
