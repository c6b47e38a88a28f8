package dialogue

// Rough is the quick estimate of the state's size.
func (s State) Rough() int { return s.rough() }
