// Package flows is what the bot says: it turns a folder of YAML files into a
// checked, immutable Pack. It proves that every step reaches a person or an
// end, holds translations to their source, and renders a flow as a picture.
//
// It knows nothing of conversations, channels or time: the dialogue engine
// walks a Pack, and the caller says what day it is. The file format is
// described for editors in README.md beside this file.
package flows
