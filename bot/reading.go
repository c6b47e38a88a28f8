package bot

// CandidateKind says what a Candidate's ID names.
type CandidateKind string

// What a customer's words can mean.
const (
	CandidateFlow    CandidateKind = "flow"    // a topic: ID is a flow
	CandidateWord    CandidateKind = "word"    // an always-there word: ID is "human", "menu", …
	CandidateOption  CandidateKind = "option"  // an answer to the waiting question: ID is the option
	CandidateArticle CandidateKind = "article" // an article of the knowledge base: ID is its name
)

// Verdict is the matcher's own judgement of its ranking.
type Verdict string

// The three honest answers of a matcher.
const (
	Sure   Verdict = "sure"   // the first candidate is meant
	Unsure Verdict = "unsure" // one of the candidates may be meant
	None   Verdict = "none"   // nothing known is meant
)

// Reading is what a matcher made of a text. It is computed before the turn and
// recorded with the event, so that a replay needs no matcher.
type Reading struct {
	// Lang is the language the text is written in (a pack language), or ""
	// when the text does not tell.
	Lang       string      `json:"lang,omitempty"`
	Verdict    Verdict     `json:"verdict"`
	Candidates []Candidate `json:"candidates,omitempty"` // best first, at most five
	// Passages are what was found in articles, best first, at most three.
	Passages []Passage `json:"passages,omitempty"`
}

// Passage is what an article says to a customer's question, in the customer's
// language. It holds no customer text.
type Passage struct {
	Article string `json:"article"` // the article's name
	Title   string `json:"title"`
	Text    string `json:"text"`           // the CommonMark subset of Message
	Flow    string `json:"flow,omitempty"` // the flow that goes on from here, or ""
	// Composed marks words that a model has put together from articles; they
	// were checked against them.
	Composed bool `json:"composed,omitempty"`
}

// Candidate is one thing a text may mean.
type Candidate struct {
	Kind   CandidateKind `json:"kind"`
	ID     string        `json:"id"`
	Score  float64       `json:"score"`            // 0 to 1, calibrated: the chance that it is meant
	Phrase string        `json:"phrase,omitempty"` // the known phrase that was nearest
}
