package slackfake

// methods are the Web API that the fake knows, each with the scopes of which
// one is needed (https://docs.slack.dev/reference/methods).
func methods() map[string]method {
	chat := []string{"chat:write"}
	read := []string{"channels:read", "groups:read", "im:read", "mpim:read"}
	past := []string{"channels:history", "groups:history", "im:history", "mpim:history"}
	assistant := []string{"assistant:write"}
	return map[string]method{
		"auth.test":                             {do: authTest},
		"apps.connections.open":                 {app: true, do: connectionsOpen},
		"chat.postMessage":                      {scopes: chat, do: postMessage},
		"chat.update":                           {scopes: chat, do: update},
		"chat.delete":                           {scopes: chat, do: remove},
		"chat.postEphemeral":                    {scopes: chat, do: postEphemeral},
		"chat.startStream":                      {scopes: chat, do: startStream},
		"chat.appendStream":                     {scopes: chat, do: appendStream},
		"chat.stopStream":                       {scopes: chat, do: stopStream},
		"conversations.info":                    {scopes: read, do: conversationsInfo},
		"conversations.history":                 {scopes: past, do: conversationsHistory},
		"conversations.replies":                 {scopes: past, do: conversationsReplies},
		"conversations.open":                    {scopes: []string{"im:write", "mpim:write", "channels:manage", "groups:write"}, do: conversationsOpen},
		"users.info":                            {scopes: []string{"users:read"}, do: usersInfo},
		"reactions.add":                         {scopes: []string{"reactions:write"}, do: react(true)},
		"reactions.remove":                      {scopes: []string{"reactions:write"}, do: react(false)},
		"views.open":                            {do: viewsOpen(false)},
		"views.push":                            {do: viewsOpen(true)},
		"views.update":                          {do: viewsUpdate},
		"views.publish":                         {do: viewsPublish},
		"assistant.threads.setStatus":           {scopes: []string{"chat:write", "assistant:write"}, do: setStatus},
		"assistant.threads.setSuggestedPrompts": {scopes: assistant, do: setSuggestedPrompts},
		"assistant.threads.setTitle":            {scopes: assistant, do: setTitle},
		"files.info":                            {scopes: []string{"files:read"}, do: filesInfo},
		"files.getUploadURLExternal":            {scopes: []string{"files:write"}, do: getUploadURL},
		"files.completeUploadExternal":          {scopes: []string{"files:write"}, do: completeUpload},
	}
}

// AllScopes are the bot scopes of which the fake's methods and events make use.
func AllScopes() []string {
	return []string{
		"app_mentions:read", "assistant:write", "channels:history", "channels:read", "chat:write", "commands",
		"files:read", "files:write", "groups:history", "groups:read", "im:history", "im:read", "im:write", "links.embed:write",
		"mpim:history", "mpim:read", "reactions:read", "reactions:write", "users:read",
	}
}

func authTest(s *Server, _ args) (object, error) {
	return object{
		"url": "https://fake.slack.com/", "team": "Fake", "user": s.users[BotUser].Name,
		"team_id": Team, "user_id": BotUser, "bot_id": BotID, "is_enterprise_install": false,
	}, nil
}
