import '@fontsource-variable/inter/index.css'
import '@fontsource-variable/jetbrains-mono/index.css'
import './styles/tokens.css'
import './styles/base.css'
import { mount } from 'svelte'
import { z } from 'zod'
import { language, setLanguage } from './i18n'
import { startTheme } from './ui'
import App from './views/App.svelte'

// Schemas are interpreted: the page's content security policy forbids making code from text.
z.config({ jitless: true })
startTheme()
setLanguage(language())

const target = document.getElementById('app')
if (target === null) throw new Error('index.html has no element with the id "app".')
mount(App, { target })
