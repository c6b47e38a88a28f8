package dialogue

// Rough is the estimate of the state's size that shrink goes by.
func (s State) Rough() int { return s.rough(jsonLen) }

// JSONLen is how many bytes a string takes in JSON, without the quotes.
func JSONLen(s string) int { return jsonLen(s) }
