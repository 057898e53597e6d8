-- What a person does in Neovim with an api-paste.ini, and what Neovim makes of it.
-- PROGRAM and OUTPUT are in the environment; the file is the current directory's api-paste.ini.

local output = {}
local function say(text) table.insert(output, text) end

local function until_true(what, is_true)
  if not vim.wait(30000, is_true, 20) then say("never: " .. what) end
end

local function session()
  vim.cmd("edit api-paste.ini")
  local buffer = vim.api.nvim_get_current_buf()
  local client = vim.lsp.start_client({
    name = "impasto",
    cmd = { vim.env.PROGRAM, "lsp" },
    root_dir = vim.fn.getcwd(),
  })
  until_true("attached", function() return vim.lsp.buf_attach_client(buffer, client) end)

  local function ask(method, more)
    local params = vim.lsp.util.make_position_params(0, "utf-16")
    for key, value in pairs(more or {}) do params[key] = value end
    local answers = vim.lsp.buf_request_sync(buffer, method, params, 30000) or {}
    local answer = answers[client] or {}
    if answer.err then say(method .. ": " .. vim.inspect(answer.err)) end
    return answer.result
  end

  local function problems()
    local found = {}
    for _, it in ipairs(vim.diagnostic.get(buffer)) do
      table.insert(found, it.lnum + 1 .. ":" .. it.col + 1 .. " " .. vim.split(it.message, "\n")[1])
    end
    table.sort(found)
    return found
  end

  until_true("a problem", function() return #problems() > 0 end)
  say("problems: " .. table.concat(problems(), "; "))

  vim.fn.search("crs", "w")
  local at = ask("textDocument/codeAction", {
    range = { start = vim.lsp.util.make_position_params(0, "utf-16").position,
              ["end"] = vim.lsp.util.make_position_params(0, "utf-16").position },
    context = { diagnostics = {} },
  })
  say("action: " .. at[1].title)
  vim.lsp.util.apply_workspace_edit(at[1].edit, "utf-16")
  until_true("no problem", function() return #problems() == 0 end)
  say("then: " .. vim.fn.getline("."))

  vim.fn.search("allow_origins", "w")
  local hover = ask("textDocument/hover")
  say("hover: " .. vim.split(hover.contents.value, "\n")[1])

  vim.cmd("normal! oallow_c")
  vim.cmd("normal! $")
  vim.api.nvim_win_set_cursor(0, { vim.fn.line("."), 8 })
  vim.cmd("startinsert!")
  local complete = ask("textDocument/completion", { position = {
    line = vim.fn.line(".") - 1, character = 7 + 1,
  } })
  local labels = {}
  for _, item in ipairs(complete.items) do
    -- What a menu shows of them.
    if vim.startswith(item.filterText, "allow_c") then table.insert(labels, item.label) end
  end
  say("complete: " .. table.concat(labels, " "))
  vim.cmd("stopinsert")
  vim.api.nvim_del_current_line()

  vim.fn.search("filter:cors", "w")
  vim.fn.search("cors")
  vim.lsp.util.apply_workspace_edit(ask("textDocument/rename", { newName = "browsers" }), "utf-16")
  say("renamed: " .. table.concat(vim.tbl_filter(function(line)
    return line:find("browsers") ~= nil
  end, vim.api.nvim_buf_get_lines(buffer, 0, -1, false)), "; "))
  vim.wait(500)
  until_true("still no problem", function() return #problems() == 0 end)

  vim.fn.search("pipeline = ", "we")
  vim.fn.search("app", "")
  definition = ask("textDocument/definition")
  say("definition: line " .. definition[1].range.start.line + 1)

  vim.cmd("noautocmd update")
  vim.lsp.stop_client(client)
  until_true("the server ended", function()
    return vim.lsp.client_is_stopped == nil or vim.lsp.client_is_stopped(client)
  end)
end

local ok, why = pcall(session)
if not ok then say("error: " .. tostring(why)) end
vim.fn.writefile(output, vim.env.OUTPUT)
vim.cmd("qall!")
