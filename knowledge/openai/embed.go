package openai

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"time"

	api "github.com/sashabaranov/go-openai"
)

// Cache keeps vectors of the pack's own texts over restarts, by keys that tell
// nothing of the text.
type Cache interface {
	// Vectors returns what it has of the keys; what is missing is left out.
	Vectors(ctx context.Context, keys []string) (map[string][]byte, error)
	// KeepVectors adds some.
	KeepVectors(ctx context.Context, vectors map[string][]byte) error
}

// EmbedOptions are what an Embedder is made of.
type EmbedOptions struct {
	Server     Server
	Model      string
	Dimensions int   // asked of the server; 0 = what the model has, and nothing is asked
	Cache      Cache // nil = none
	// Wait is how long a customer's text may take; 0 = 300 ms.
	Wait time.Duration
	// Missed is called for each customer's text that the server did not read in
	// time; nil = nobody counts.
	Missed func()
}

// Bounds of one request and its answer.
const (
	embedBatch  = 64
	embedRunes  = 2000     // of one text; models read about 500 tokens
	embedAnswer = 32 << 20 // bytes: 64 vectors of 4096 numbers, written out
	embedWait   = 300 * time.Millisecond
	maxDims     = 8192
)

// Embedder turns texts into vectors of length 1, so that the product of two is
// the cosine between them. It is safe for concurrent use.
type Embedder struct {
	o      EmbedOptions
	client *api.Client
}

// NewEmbedder makes an Embedder. It does not call the server.
func NewEmbedder(o EmbedOptions) *Embedder {
	if o.Wait <= 0 {
		o.Wait = embedWait
	}
	if o.Missed == nil {
		o.Missed = func() {}
	}
	return &Embedder{o: o, client: o.Server.client(embedAnswer)}
}

// Embed returns the vectors of the pack's own texts, in their order. Those that
// the cache has are not asked for again. It takes as long as ctx allows. All
// vectors have the same number of dimensions. The error is ErrServer, ctx's, or
// the cache's.
func (e *Embedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	keys := make([]string, len(texts))
	for i, t := range texts {
		keys[i] = e.key(t)
	}
	if e.o.Cache != nil {
		kept, err := e.o.Cache.Vectors(ctx, keys)
		if err != nil {
			return nil, fmt.Errorf("look for kept vectors: %w", err)
		}
		for i, k := range keys {
			out[i] = decode(kept[k])
		}
	}
	missing := map[string][]int{} // by key: the same text is asked for once
	var order []string
	for i, v := range out {
		if v != nil {
			continue
		}
		if missing[keys[i]] == nil {
			order = append(order, keys[i])
		}
		missing[keys[i]] = append(missing[keys[i]], i)
	}
	for len(order) > 0 {
		n := min(len(order), embedBatch)
		batch := make([]string, n)
		for i, k := range order[:n] {
			batch[i] = texts[missing[k][0]]
		}
		vs, err := e.ask(ctx, batch)
		if err != nil {
			return nil, err
		}
		fresh := make(map[string][]byte, n)
		for i, k := range order[:n] {
			fresh[k] = encode(vs[i])
			for _, at := range missing[k] {
				out[at] = vs[i]
			}
		}
		if e.o.Cache != nil {
			if err := e.o.Cache.KeepVectors(ctx, fresh); err != nil {
				return nil, fmt.Errorf("keep vectors: %w", err)
			}
		}
		order = order[n:]
	}
	for _, v := range out {
		if len(v) != len(out[0]) {
			return nil, fmt.Errorf("%w: its vectors have different dimensions", ErrServer)
		}
	}
	return out, nil
}

// Live reads what customers write: one answer within Wait, nothing is kept.
type Live struct{ e *Embedder }

// Live returns the reader of customers' texts.
func (e *Embedder) Live() Live { return Live{e} }

// Embed returns the vectors of customers' texts, or ErrServer when they do not
// come in time; that is counted, and the built-in matcher answers alone.
func (l Live) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, l.e.o.Wait)
	defer cancel()
	vs, err := l.e.ask(ctx, texts)
	if err != nil {
		l.e.o.Missed()
	}
	return vs, err
}

// ask sends one request and checks the answer.
func (e *Embedder) ask(ctx context.Context, texts []string) ([][]float32, error) {
	input := make([]string, len(texts))
	for i, t := range texts {
		if input[i] = clip(t, embedRunes); input[i] == "" {
			input[i] = " " // servers refuse the empty text
		}
	}
	resp, err := e.client.CreateEmbeddings(ctx, api.EmbeddingRequest{
		Input: input, Model: api.EmbeddingModel(e.o.Model), Dimensions: e.o.Dimensions, EncodingFormat: api.EmbeddingEncodingFormatFloat,
	})
	if err != nil {
		return nil, failure(err)
	}
	out := make([][]float32, len(texts))
	for _, d := range resp.Data {
		if d.Index < 0 || d.Index >= len(out) || out[d.Index] != nil || !unit(d.Embedding) {
			return nil, fmt.Errorf("%w: its vectors are not what was asked for", ErrServer)
		}
		if e.o.Dimensions != 0 && len(d.Embedding) != e.o.Dimensions {
			return nil, fmt.Errorf("%w: its vectors have %d dimensions and not %d", ErrServer, len(d.Embedding), e.o.Dimensions)
		}
		out[d.Index] = d.Embedding
	}
	for _, v := range out {
		if v == nil || len(v) != len(out[0]) {
			return nil, fmt.Errorf("%w: it left out vectors, or their dimensions differ", ErrServer)
		}
	}
	return out, nil
}

// unit makes v a vector of length 1. It refuses what has no direction.
func unit(v []float32) bool {
	if len(v) == 0 || len(v) > maxDims {
		return false
	}
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if !(sum > 1e-12) || math.IsInf(sum, 0) {
		return false
	}
	f := float32(1 / math.Sqrt(sum))
	for i := range v {
		v[i] *= f
	}
	return true
}

// key names a text's vector by its content and by what made the vector.
func (e *Embedder) key(text string) string {
	h := sha256.New()
	for _, s := range []string{e.o.Server.BaseURL, e.o.Model, strconv.Itoa(e.o.Dimensions), clip(text, embedRunes)} {
		h.Write([]byte(strconv.Itoa(len(s)) + ":" + s))
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// encode writes a vector as little-endian float32; decode reads it, nil when
// it is none.
func encode(v []float32) []byte {
	b := make([]byte, 0, 4*len(v))
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

func decode(b []byte) []float32 {
	if len(b) == 0 || len(b)%4 != 0 {
		return nil
	}
	v := make([]float32, len(b)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return v
}

func clip(s string, runes int) string {
	if len(s) <= runes {
		return s
	}
	n := 0
	for i := range s {
		if n == runes {
			return s[:i]
		}
		n++
	}
	return s
}
