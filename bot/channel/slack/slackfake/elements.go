package slackfake

import (
	"maps"
	"slices"
)

// elements are the properties of each block element, with Slack's limits
// (https://docs.slack.dev/reference/block-kit/block-elements).
func elements() map[string][]prop {
	id := prop{"action_id", false, actionID}
	focus := prop{"focus_on_load", false, flag}
	confirm := prop{"confirm", false, confirmation}
	placeholder := prop{"placeholder", false, plain(150)}
	dispatch := prop{"dispatch_action_config", false, func(c *checker, path string, v any) {
		c.props(path, v, []prop{{"trigger_actions_on", true, list(1, 2, words("on_enter_pressed", "on_character_entered"))}})
	}}
	value := prop{"value", false, str(0, 2000)}
	label := prop{"accessibility_label", false, str(1, 75)}
	pick := option(false, false)
	rich := option(true, false)
	feedback := func(c *checker, path string, v any) {
		c.props(path, v, []prop{{"text", true, plain(75)}, {"value", true, str(0, 2000)}, label})
	}
	menu := func(more ...prop) []prop { return append([]prop{id, confirm, focus, placeholder}, more...) }
	statics := []prop{{"options", false, list(1, 100, pick)}, {"option_groups", false, list(1, 100, group)}}
	conversations := []prop{{"default_to_current_conversation", false, flag}, {"filter", false, free}}
	most := prop{"max_selected_items", false, number(1, 1000)}
	return map[string][]prop{
		"button":               {id, confirm, {"text", true, plain(75)}, {"url", false, link}, value, {"style", false, words("primary", "danger")}, label},
		"static_select":        menu(append(statics, prop{"initial_option", false, pick})...),
		"multi_static_select":  menu(append(statics, prop{"initial_options", false, list(1, 100, pick)}, most)...),
		"external_select":      menu(prop{"initial_option", false, pick}, prop{"min_query_length", false, number(0, 1000)}),
		"users_select":         menu(prop{"initial_user", false, str(1, 255)}),
		"multi_users_select":   menu(prop{"initial_users", false, list(1, 100, str(1, 255))}, most),
		"conversations_select": menu(append(conversations, prop{"initial_conversation", false, str(1, 255)}, prop{"response_url_enabled", false, flag})...),
		"channels_select":      menu(prop{"initial_channel", false, str(1, 255)}, prop{"response_url_enabled", false, flag}),
		"overflow":             {id, confirm, {"options", true, list(1, 5, option(false, true))}},
		"radio_buttons":        {id, confirm, focus, {"options", true, list(1, 10, rich)}, {"initial_option", false, rich}},
		"checkboxes":           {id, confirm, focus, {"options", true, list(1, 10, rich)}, {"initial_options", false, list(1, 10, rich)}},
		"datepicker":           menu(prop{"initial_date", false, str(10, 10)}),
		"timepicker":           menu(prop{"initial_time", false, str(5, 5)}, prop{"timezone", false, str(1, 255)}),
		"datetimepicker":       {id, confirm, focus, {"initial_date_time", false, free}},
		"plain_text_input": {
			id, focus, placeholder, dispatch, {"initial_value", false, str(0, 3000)}, {"multiline", false, flag},
			{"min_length", false, number(0, 3000)}, {"max_length", false, number(1, 3000)},
		},
		"email_text_input": {id, focus, placeholder, dispatch, {"initial_value", false, str(0, 3000)}},
		"url_text_input":   {id, focus, placeholder, dispatch, {"initial_value", false, str(0, 3000)}},
		"number_input": {
			id, focus, placeholder, dispatch, {"is_decimal_allowed", true, flag}, {"initial_value", false, str(1, 255)},
			{"min_value", false, str(1, 255)}, {"max_value", false, str(1, 255)},
		},
		"rich_text_input":  {id, focus, placeholder, dispatch, {"initial_value", false, free}},
		"file_input":       {id, {"filetypes", false, list(1, 100, str(1, 255))}, {"max_files", false, number(1, 10)}},
		"image":            {{"alt_text", true, str(1, 2000)}, {"image_url", false, link}, {"slack_file", false, slackFile}},
		"feedback_buttons": {id, {"positive_button", true, feedback}, {"negative_button", true, feedback}},
		"icon_button":      {id, confirm, {"icon", true, words("trash")}, {"text", true, plain(75)}, value, label, {"visible_to_user_ids", false, list(1, 100, str(1, 255))}},
	}
}

func slackFile(c *checker, path string, v any) {
	o := c.props(path, v, []prop{{"id", false, str(1, 255)}, {"url", false, link}})
	if o != nil && (o["id"] == nil) == (o["url"] == nil) {
		c.bad(path, "must have either id or url")
	}
}

// element is one of some kinds of element.
func element(kinds ...string) rule {
	return func(c *checker, path string, v any) {
		o, _ := v.(map[string]any)
		kind, _ := o["type"].(string)
		if !slices.Contains(kinds, kind) {
			c.bad(path+"/type", "unsupported type: %q", kind)
			return
		}
		c.props(path, v, elements()[kind])
		switch kind {
		case "image":
			oneImage(c, path, o)
		case "static_select", "multi_static_select":
			if (o["options"] == nil) == (o["option_groups"] == nil) {
				c.bad(path, "must have either options or option_groups")
			}
			initial(c, path, o)
		}
	}
}

// initial checks that what is selected at first is one of the options.
func initial(c *checker, path string, o map[string]any) {
	want, ok := o["initial_option"].(map[string]any)
	if !ok {
		return
	}
	for _, opt := range options(o) {
		if opt["value"] == want["value"] {
			return
		}
	}
	c.bad(path+"/initial_option", "must be one of the options")
}

// options are a select's options, those in groups included.
func options(o map[string]any) []map[string]any {
	var out []map[string]any
	collect := func(v any) {
		opts, _ := v.([]any)
		for _, x := range opts {
			if m, ok := x.(map[string]any); ok {
				out = append(out, m)
			}
		}
	}
	collect(o["options"])
	groups, _ := o["option_groups"].([]any)
	for _, g := range groups {
		if m, ok := g.(map[string]any); ok {
			collect(m["options"])
		}
	}
	return out
}

func oneImage(c *checker, path string, o map[string]any) {
	if (o["image_url"] == nil) == (o["slack_file"] == nil) {
		c.bad(path, "must have either image_url or slack_file")
	}
}

// kinds are all element types but some.
func kinds(but ...string) []string {
	all := slices.Sorted(maps.Keys(elements()))
	return slices.DeleteFunc(all, func(k string) bool { return slices.Contains(but, k) })
}
